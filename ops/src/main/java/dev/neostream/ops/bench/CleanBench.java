package dev.neostream.ops.bench;

import com.sun.management.ThreadMXBean;
import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.clean.charset.TextDecoder;
import dev.neostream.clean.html.HtmlLimitException;
import dev.neostream.clean.html.MainText;
import dev.neostream.clean.language.Language;
import dev.neostream.clean.language.LanguageIdentifier;
import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Profile;
import dev.neostream.clean.text.Signals;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.file.Item;
import dev.neostream.ops.file.Documents;
import dev.neostream.ops.file.FileCleaner;
import dev.neostream.ops.file.FileDocuments;
import dev.neostream.ops.file.LineFile;
import dev.neostream.schemas.Envelope;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Speed of cleaning, stage by stage on one thread, then whole from files to files on several. Each
 * stage runs over all documents until it has taken long enough; the first pass is not counted.
 */
public final class CleanBench {

  private static final double SECONDS_A_STAGE = 3;
  private static final long MOST_BYTES = 256L << 20;

  /**
   * What was measured.
   *
   * @param stage name
   * @param documents documents of one pass
   * @param bytes bytes a pass takes in: of the payload for read, decode, whole and files, of UTF-8
   *     HTML for extract, of text for language and rules
   * @param seconds seconds a pass: of one thread's CPU, or of the clock for files and stream
   * @param allocated bytes allocated a document; -1 where several threads worked
   */
  public record Result(String stage, long documents, long bytes, double seconds, double allocated) {

    public double documentsPerSecond() {
      return documents / seconds;
    }

    public double megabytesPerSecond() {
      return bytes / seconds / 1e6;
    }
  }

  /** One pass of a stage. */
  interface Pass {
    void run() throws IOException;
  }

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final List<Input> inputs;
  private final CleanConfig config;

  public CleanBench(List<Input> inputs, CleanConfig config) {
    this.inputs = inputs;
    this.config = config;
  }

  /** Returns a result a stage, in the order of the data path. */
  public List<Result> stages() throws IOException {
    List<Envelope> documents = documents(inputs);
    var results = new ArrayList<Result>();
    long payload = documents.stream().mapToLong(document -> document.body.length).sum();
    results.add(measure("read", documents.size(), payload, this::read));

    var decoder = new TextDecoder();
    results.add(
        measure(
            "decode",
            documents.size(),
            payload,
            () -> documents.forEach(d -> decoder.decode(d.body, d.charset, isHtml(d)))));

    List<byte[]> pages = new ArrayList<>();
    for (Envelope document : documents) {
      if (isHtml(document)) {
        pages.add(decoder.decode(document.body, document.charset, true));
      }
    }
    var mainText = new MainText();
    if (!pages.isEmpty()) {
      results.add(
          measure(
              "extract",
              pages.size(),
              sum(pages),
              () -> pages.forEach(page -> extract(mainText, page))));
    }

    List<byte[]> texts = new ArrayList<>();
    var cleaner = new Cleaner(config);
    for (Envelope document : documents) {
      if (cleaner.extract(document) instanceof Cleaned.Clean clean) {
        texts.add(clean.document().body);
      }
    }
    var identifier = new LanguageIdentifier();
    results.add(
        measure("language", texts.size(), sum(texts), () -> texts.forEach(identifier::identify)));
    results.add(measure("rules", texts.size(), sum(texts), rules(identifier, texts)));
    results.add(
        measure("whole", documents.size(), payload, () -> documents.forEach(cleaner::clean)));
    return results;
  }

  /**
   * Returns the speed from files to files, by the clock.
   *
   * @param folder where the outputs go
   */
  public Result files(int threads, Path folder) throws IOException {
    var fileCleaner = new FileCleaner(config, threads, false);
    long[] counts = new long[2];
    double best = Double.MAX_VALUE;
    for (int pass = 0; pass < 4; pass++) {
      long start = System.nanoTime();
      counts[0] = 0;
      counts[1] = 0;
      try (Documents documents = counting(new FileDocuments(inputs), counts);
          var kept = new LineFile(folder.resolve("kept.jsonl"));
          var rejects = new LineFile(folder.resolve("rejects.jsonl"))) {
        fileCleaner.run(documents, Optional.of(kept), Optional.of(rejects));
      }
      if (pass > 0) {
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
    }
    return new Result("files", counts[0], counts[1], best, -1);
  }

  private static Documents counting(Documents documents, long[] counts) {
    return new Documents() {
      @Override
      public Optional<Entry> next() throws IOException {
        Optional<Entry> entry = documents.next();
        if (entry.isPresent() && entry.get().item() instanceof Item.Document document) {
          counts[0]++;
          counts[1] += document.payload().length;
        }
        return entry;
      }

      @Override
      public void close() throws IOException {
        documents.close();
      }
    };
  }

  /** Returns the documents of the inputs, as many as fit. */
  static List<Envelope> documents(List<Input> inputs) throws IOException {
    var documents = new ArrayList<Envelope>();
    long bytes = 0;
    try (var files = new FileDocuments(inputs)) {
      for (Optional<Documents.Entry> entry = files.next();
          entry.isPresent() && bytes < MOST_BYTES;
          entry = files.next()) {
        if (entry.get().item() instanceof Item.Document document) {
          documents.add(entry.get().envelope());
          bytes += document.payload().length;
        }
      }
    }
    if (documents.isEmpty()) {
      throw new IllegalArgumentException("there must be documents: inputs=" + inputs);
    }
    return documents;
  }

  private void read() throws IOException {
    long bytes = 0;
    try (var files = new FileDocuments(inputs)) {
      Optional<Documents.Entry> entry = files.next();
      while (entry.isPresent() && bytes < MOST_BYTES) {
        if (entry.get().item() instanceof Item.Document document) {
          bytes += document.payload().length;
        }
        entry = files.next();
      }
    }
  }

  private Pass rules(LanguageIdentifier identifier, List<byte[]> texts) {
    Profile profile = Profile.parse(config.profile(), "profile");
    var signals = new Signals();
    List<Language> languages = texts.stream().map(identifier::identify).toList();
    return () -> {
      for (int i = 0; i < texts.size(); i++) {
        Language language = languages.get(i);
        var page = new Page(texts.get(i), language.code(), language.score(), "", signals);
        profile.kindOf(language.code(), false).ifPresent(kind -> profile.judge(kind, page));
      }
    };
  }

  private static void extract(MainText mainText, byte[] page) {
    try {
      mainText.extract(page);
    } catch (HtmlLimitException e) {
      // Counted as work done: the cleaner would reject the page here.
      return;
    }
  }

  private static boolean isHtml(Envelope document) {
    return document.mediaType.equals("text/html");
  }

  private static long sum(List<byte[]> texts) {
    return texts.stream().mapToLong(text -> text.length).sum();
  }

  /** Returns the mean of passes on this thread; the first is not counted. */
  static Result measure(String stage, long documents, long bytes, Pass pass) throws IOException {
    pass.run();
    long thread = Thread.currentThread().getId();
    long allocated = THREADS.getThreadAllocatedBytes(thread);
    long start = THREADS.getCurrentThreadCpuTime();
    int passes = 0;
    double seconds;
    do {
      pass.run();
      passes++;
      seconds = (THREADS.getCurrentThreadCpuTime() - start) / 1e9;
    } while (seconds < SECONDS_A_STAGE);
    return new Result(
        stage,
        documents,
        bytes,
        seconds / passes,
        (THREADS.getThreadAllocatedBytes(thread) - allocated) / ((double) passes * documents));
  }
}
