package dev.neostream.tokens.bpe;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.tokens.format.TokenizerFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Measures training time, encoding speed of one thread, and characters and bytes per token. Seconds
 * are CPU seconds of the thread, so that other work on the machine counts little.
 *
 * <pre>
 *   BpeBenchmark VOCAB_SIZE standard|published NAME=FILE...
 *   BpeBenchmark TOKENIZER NAME=FILE...
 * </pre>
 *
 * <p>A file is plain text, {@code .jsonl} or {@code .jsonl.gz} with a field {@code text}, or a
 * {@code .jar} whose {@code .java} files are taken. Files of one name are one row of the table. The
 * tokenizer is trained on all of them together, so its ratios are those of text it knows; or it is
 * read, whatever format it is in.
 */
final class BpeBenchmark {

  private static final int ROUNDS = 7;

  private BpeBenchmark() {}

  public static void main(String[] args) throws IOException {
    boolean trains = args[0].matches("[0-9]+");
    Map<String, List<byte[]>> corpus = new LinkedHashMap<>();
    for (int i = trains ? 2 : 1; i < args.length; i++) {
      String[] nameAndFile = args[i].split("=", 2);
      corpus
          .computeIfAbsent(nameAndFile[0], name -> new ArrayList<>())
          .addAll(documents(Path.of(nameAndFile[1])));
    }
    List<byte[]> all = corpus.values().stream().flatMap(List::stream).toList();
    // A cache of its own for each row, so that cold means cold.
    Supplier<TextCodec> fresh;
    if (trains) {
      Tokenizer trained = trained(Integer.parseInt(args[0]), args[1], all);
      fresh = () -> new Tokenizer(trained.vocabulary(), trained.dummyPrefix());
    } else {
      fresh = () -> read(Path.of(args[0]));
    }
    System.out.println(
        "| text | MB | MB/s cold | MB/s warm | Mtokens/s | chars/token | bytes/token |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (var text : corpus.entrySet()) {
      print(text.getKey(), text.getValue(), fresh.get());
    }
    print("all", all, fresh.get());
  }

  private static TextCodec read(Path path) {
    try {
      return TokenizerFiles.readAny(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Tokenizer trained(int vocabSize, String options, List<byte[]> all) {
    var config =
        (options.equals("published") ? BpeConfig.published() : BpeConfig.standard())
            .withVocabSize(vocabSize);
    Tokenizer tokenizer = null;
    for (int round = 0; round < 3; round++) {
      long start = cpuNanos();
      tokenizer = train(config, all);
      System.out.printf(
          "train: %.1f MB, %d documents, %d ids, %.2f CPU-s%n",
          size(all) / 1e6, all.size(), tokenizer.vocabSize(), (cpuNanos() - start) / 1e9);
    }
    return tokenizer;
  }

  private static Tokenizer train(BpeConfig config, List<byte[]> documents) {
    var trainer = new BpeTrainer(config);
    documents.forEach(trainer::add);
    return trainer.train();
  }

  private static void print(String name, List<byte[]> documents, TextCodec tokenizer) {
    double coldSeconds = 0;
    double warmSeconds = Double.MAX_VALUE;
    long tokens = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long start = cpuNanos();
      tokens = 0;
      for (byte[] document : documents) {
        tokens += tokenizer.encode(document).length;
      }
      double seconds = (cpuNanos() - start) / 1e9;
      coldSeconds = round == 0 ? seconds : coldSeconds;
      warmSeconds = Math.min(warmSeconds, seconds);
    }
    double bytes = size(documents);
    long characters =
        documents.stream()
            .map(document -> new String(document, StandardCharsets.UTF_8))
            .mapToLong(text -> text.codePointCount(0, text.length()))
            .sum();
    System.out.printf(
        "| %s | %.1f | %.0f | %.0f | %.1f | %.2f | %.2f |%n",
        name,
        bytes / 1e6,
        bytes / 1e6 / coldSeconds,
        bytes / 1e6 / warmSeconds,
        tokens / 1e6 / warmSeconds,
        (double) characters / tokens,
        bytes / tokens);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long size(List<byte[]> documents) {
    return documents.stream().mapToLong(document -> document.length).sum();
  }

  private static List<byte[]> documents(Path file) throws IOException {
    String name = file.toString();
    try (InputStream in = Files.newInputStream(file)) {
      if (name.endsWith(".jar")) {
        return sources(in);
      }
      if (name.endsWith(".jsonl.gz")) {
        return lines(new GZIPInputStream(in));
      }
      return name.endsWith(".jsonl") ? lines(in) : List.of(in.readAllBytes());
    }
  }

  private static List<byte[]> sources(InputStream jar) throws IOException {
    var sources = new ArrayList<byte[]>();
    var zip = new ZipInputStream(jar);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      if (entry.getName().endsWith(".java")) {
        sources.add(zip.readAllBytes());
      }
    }
    return sources;
  }

  private static List<byte[]> lines(InputStream jsonLines) throws IOException {
    var json = new ObjectMapper();
    var texts = new ArrayList<byte[]>();
    var reader = new BufferedReader(new InputStreamReader(jsonLines, StandardCharsets.UTF_8));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      texts.add(Utf8.bytes(json.readTree(line).get("text").asText()));
    }
    return texts;
  }
}
