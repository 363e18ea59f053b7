package dev.neostream.ops.cli;

import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.ingest.Inputs;
import dev.neostream.ingest.file.Item;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.file.Documents;
import dev.neostream.ops.file.FileDocuments;
import dev.neostream.ops.file.Texts;
import dev.neostream.tokens.bpe.BpeConfig;
import dev.neostream.tokens.bpe.BpeTrainer;
import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.TextCodec;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import dev.neostream.tokens.format.TokenizerFiles;
import dev.neostream.tokens.inspect.Inspection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Learns tokenizers, uses them, looks at them, and writes them in other programs' formats. */
@Command(
    name = "tokenizer",
    description = "Train a tokenizer, encode and decode with it, inspect it, export it.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "train|encode|decode|inspect|export",
    footer = {
      "",
      "A tokenizer is tokenizer.neo.json, SentencePiece's tokenizer.model (byte-pair, byte fallback, no",
      "normalisation: Llama 2's and MAP-Neo's are), Hugging Face's tokenizer.json (the same, or byte-level:",
      "GPT-2's, GPT-NeoX's, Llama 3's and Qwen 2's are), or a folder with one of them.",
      "",
      "Examples:",
      "  ops/neo tokenizer train --in books/ code.jsonl.zst --vocab 64000 --out my-tokenizer",
      "  echo 'Ask not' | ops/neo tokenizer encode --tokenizer my-tokenizer",
      "  echo '531 712' | ops/neo tokenizer decode --tokenizer my-tokenizer",
      "  ops/neo tokenizer inspect --tokenizer my-tokenizer --in crawl.warc.gz",
      "  ops/neo tokenizer export --tokenizer llama/tokenizer.model --out hf"
    })
final class TokenizerCommand implements Runnable {

  private static final int LISTED = 10;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "one of train, encode, decode, inspect, export must be given");
  }

  @Command(
      name = "train",
      description = "Learn a byte-pair vocabulary from documents; their order does not matter.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int train(
      @Option(
              names = "--in",
              paramLabel = "PATH",
              arity = "1..*",
              required = true,
              description = "Files or folders, as for `ops/neo clean`; of pages the main text.")
          List<Path> inputs,
      @Option(
              names = "--vocab",
              paramLabel = "N",
              defaultValue = "64000",
              description = "Number of ids at most (default: ${DEFAULT-VALUE}).")
          int vocab,
      @Option(
              names = "--published",
              description =
                  "MAP-Neo's published options: no runs of white space, a space before each text.")
          boolean published,
      @Option(names = "--out", paramLabel = "DIR", required = true, description = "A new folder.")
          Path out,
      @Mixin SequenceOption sequence,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    OptionRule.require(
        vocab > Vocabulary.FIRST_LEARNED && vocab <= 1 << 20,
        "--vocab",
        Vocabulary.FIRST_LEARNED + 1 + " to " + (1 << 20),
        vocab);
    int maxSequence = sequence.tokens();
    requireNew(out);
    BpeConfig options = published ? BpeConfig.published() : BpeConfig.standard();
    var trainer = new BpeTrainer(options.withVocabSize(vocab));
    long texts = 0;
    long bytes = 0;
    Tokenizer trained;
    try {
      for (byte[] text : new Texts(Inputs.resolve(inputs))) {
        trainer.add(text);
        texts++;
        bytes += text.length;
      }
      if (texts == 0) {
        throw UserError.usage("there must be a text to learn from: in=" + inputs);
      }
      trained = trainer.train();
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
    write(trained, out, maxSequence);
    PrintWriter printer = spec.commandLine().getOut();
    if (json) {
      var view = new LinkedHashMap<String, Object>();
      view.put("texts", texts);
      view.put("bytes", bytes);
      view.put("ids", trained.vocabSize());
      view.put("fingerprint", trained.fingerprint());
      printer.println(Json.of(view));
    } else {
      printer.printf(
          Locale.ROOT,
          "%,d ids learned from %,d texts, %,d bytes; fingerprint %s; written to %s%n",
          trained.vocabSize(),
          texts,
          bytes,
          trained.fingerprint(),
          out);
      if (trained.vocabSize() < vocab) {
        printer.println("fewer than asked: the texts have no more pairs to merge");
      }
    }
    return 0;
  }

  /** For whom the files are written. */
  static final class SequenceOption {

    @Option(
        names = "--max-sequence",
        paramLabel = "N",
        defaultValue = "8192",
        description = "model_max_length of tokenizer_config.json (default: ${DEFAULT-VALUE}).")
    private int tokens;

    int tokens() {
      OptionRule.require(tokens >= 1, "--max-sequence", "at least 1", tokens);
      return tokens;
    }
  }

  @Command(
      name = "encode",
      description = "Print the ids of every line, separated by spaces.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int encode(
      @Mixin TokenizerOption tokenizer,
      @Mixin LinesOption lines,
      @Option(names = "--pieces", description = "Print the pieces, not their ids, as JSON.")
          boolean pieces)
      throws IOException {
    TextCodec used = tokenizer.read();
    List<Piece> all = used.pieces();
    eachLine(
        lines,
        line -> {
          int[] ids = used.encode(line);
          return pieces
              ? line(Arrays.stream(ids).mapToObj(id -> all.get(id).text()).toList())
              : Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
        });
    return 0;
  }

  @Command(
      name = "decode",
      description = "Print the text of every line of ids.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int decode(
      @Mixin TokenizerOption tokenizer,
      @Mixin LinesOption lines,
      @Option(names = "--json", description = "Print a JSON string a line.") boolean json)
      throws IOException {
    TextCodec used = tokenizer.read();
    eachLine(
        lines,
        line -> {
          int[] ids =
              line.isBlank()
                  ? new int[0]
                  : Arrays.stream(line.strip().split("[ ,]+"))
                      .mapToInt(Integer::parseInt)
                      .toArray();
          String text = used.decode(ids);
          return json ? line(text) : text;
        });
    return 0;
  }

  private void eachLine(LinesOption lines, UnaryOperator<String> print) throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    long number = 0;
    try (BufferedReader reader = lines.open()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        printer.println(print.apply(line));
      }
    } catch (NumberFormatException e) {
      throw UserError.usage("ids must be whole numbers: line=" + number + ", " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw UserError.usage("line " + number + ": " + e.getMessage());
    } catch (CharacterCodingException e) {
      throw UserError.usage("lines must be UTF-8: behind line " + number);
    }
  }

  @Command(
      name = "inspect",
      description = {
        "Tell characters and bytes a token by language and domain, whether every text survives, and",
        "which pieces are longest and rarest."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int inspect(
      @Mixin TokenizerOption tokenizer,
      @Option(names = "--in", paramLabel = "PATH", arity = "1..*", required = true)
          List<Path> inputs,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    TextCodec used = tokenizer.read();
    var inspection = new Inspection(used);
    var cleaner = Cleaner.recommended();
    long read = 0;
    try (var files = new FileDocuments(Inputs.resolve(inputs))) {
      for (Optional<Documents.Entry> entry = files.next();
          entry.isPresent();
          entry = files.next()) {
        read++;
        if (entry.get().item() instanceof Item.Document
            && cleaner.identify(entry.get().envelope()) instanceof Cleaned.Clean clean) {
          inspection.add(clean.language() + " " + clean.domain(), clean.document().body);
        }
      }
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
    if (json) {
      spec.commandLine().getOut().println(Json.of(view(used, inspection, read)));
    } else {
      print(used, inspection, read);
    }
    return 0;
  }

  private static Map<String, Object> view(TextCodec used, Inspection inspection, long read) {
    var view = new LinkedHashMap<String, Object>();
    view.put("fingerprint", used.fingerprint());
    view.put("ids", used.vocabSize());
    view.put("read", read);
    view.put("texts", inspection.all().texts());
    view.put("changed", inspection.changed());
    view.put("all", group(inspection.all()));
    var groups = new LinkedHashMap<String, Object>();
    inspection.groups().forEach((name, group) -> groups.put(name, group(group)));
    view.put("groups", groups);
    view.put("unused", inspection.unused());
    view.put("longest", inspection.longest(LISTED));
    view.put("rarest", inspection.rarest(LISTED));
    return view;
  }

  private static Map<String, Object> group(Inspection.Group group) {
    var view = new LinkedHashMap<String, Object>();
    view.put("texts", group.texts());
    view.put("characters", group.characters());
    view.put("bytes", group.bytes());
    view.put("tokens", group.tokens());
    view.put("byteTokens", group.byteTokens());
    view.put("charactersPerToken", group.charactersPerToken());
    view.put("bytesPerToken", group.bytesPerToken());
    return view;
  }

  private void print(TextCodec used, Inspection inspection, long read) {
    PrintWriter printer = spec.commandLine().getOut();
    Inspection.Group all = inspection.all();
    printer.printf(
        Locale.ROOT,
        "%,d ids, fingerprint %s; %,d read = %,d texts + %,d without text%n%n",
        used.vocabSize(),
        used.fingerprint(),
        read,
        all.texts(),
        read - all.texts());
    printer.printf(
        Locale.ROOT,
        "%-24s %10s %14s %14s %10s %10s %8s%n",
        "language domain",
        "texts",
        "bytes",
        "tokens",
        "chars/tok",
        "bytes/tok",
        "bytes %");
    inspection.groups().forEach((name, group) -> row(printer, name, group));
    row(printer, "all", all);
    printer.printf(
        Locale.ROOT,
        "%n%,d texts changed by encoding and decoding; %,d pieces of text used nowhere here%n",
        inspection.changed(),
        inspection.unused());
    list(printer, "longest", inspection.longest(LISTED));
    list(printer, "rarest", inspection.rarest(LISTED));
  }

  private static void row(PrintWriter printer, String name, Inspection.Group group) {
    printer.printf(
        Locale.ROOT,
        "%-24s %,10d %,14d %,14d %10.2f %10.2f %8.2f%n",
        name,
        group.texts(),
        group.bytes(),
        group.tokens(),
        group.charactersPerToken(),
        group.bytesPerToken(),
        100.0 * group.byteTokens() / Math.max(1, group.tokens()));
  }

  private static void list(PrintWriter printer, String what, List<Inspection.Use> uses) {
    printer.println();
    printer.println(what + " pieces, id and how often used:");
    for (Inspection.Use use : uses) {
      printer.printf(Locale.ROOT, "  %,8d %,10d  %s%n", use.id(), use.count(), line(use.piece()));
    }
  }

  @Command(
      name = "export",
      description = "Write a tokenizer in every format: ours, SentencePiece's, Hugging Face's.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int export(
      @Mixin TokenizerOption tokenizer,
      @Option(names = "--out", paramLabel = "DIR", required = true, description = "A new folder.")
          Path out,
      @Mixin SequenceOption sequence)
      throws IOException {
    requireNew(out);
    Tokenizer used = tokenizer.readForRun();
    write(used, out, sequence.tokens());
    spec.commandLine().getOut().println("written to " + out);
    return 0;
  }

  private static String line(Object value) {
    return new String(Json.line(value), StandardCharsets.UTF_8);
  }

  private static void requireNew(Path out) throws IOException {
    OptionRule.folder("--out", out);
    if (Files.isDirectory(out)) {
      try (var there = Files.list(out)) {
        if (there.findAny().isPresent()) {
          throw UserError.usage("--out must be a new or an empty folder: out=" + out);
        }
      }
    }
  }

  private void write(Tokenizer tokenizer, Path out, int maxSequence) throws IOException {
    TokenizerFiles.write(tokenizer, out, maxSequence)
        .forEach(
            (file, problem) ->
                spec.commandLine()
                    .getErr()
                    .println("neo: " + file + " is not written: " + problem));
  }
}
