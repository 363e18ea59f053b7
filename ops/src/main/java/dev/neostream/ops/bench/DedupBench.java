package dev.neostream.ops.bench;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.clean.rule.Profile;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.exact.TextHasher;
import dev.neostream.dedup.filter.Generations;
import dev.neostream.dedup.minhash.Fingerprinter;
import dev.neostream.dedup.shingle.ShingleKind;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.Inputs;
import dev.neostream.ingest.file.Item;
import dev.neostream.ops.file.Documents;
import dev.neostream.ops.file.FileDeduplicator;
import dev.neostream.ops.file.FileDocuments;
import dev.neostream.ops.file.LineFile;
import dev.neostream.schemas.Envelope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Speed of deduplication: what a document is compared by and the filters, on one thread, then whole
 * from files to files. Where no documents are given, and through the stream, they are made up.
 */
public final class DedupBench {

  private static final int FILTER_KEYS = 100_000_000;
  private static final double BITS_PER_KEY = 20;
  private static final int LOOKUPS = 15_000_000;
  private static final int PASSES = 3;

  private final List<Input> inputs;

  public DedupBench(List<Input> inputs) {
    this.inputs = inputs;
  }

  /**
   * Writes made-up documents of about 5 KB to a folder and returns them.
   *
   * @param duplicates share of duplicates, 0 to 1
   */
  public static List<Input> synthetic(Path folder, int documents, double duplicates)
      throws IOException {
    return Inputs.resolve(new SyntheticCorpus(1).write(folder, documents, duplicates));
  }

  /**
   * Returns a result a stage; bytes are those of the text, and documents of the filter's stages are
   * look-ups.
   */
  public List<CleanBench.Result> stages() throws IOException {
    List<byte[]> texts = texts();
    long bytes = texts.stream().mapToLong(text -> text.length).sum();
    var results = new ArrayList<CleanBench.Result>();
    for (ShingleKind kind : List.of(ShingleKind.words5(), ShingleKind.characters13())) {
      var fingerprinter = new Fingerprinter(kind);
      results.add(
          CleanBench.measure(
              kind.version(), texts.size(), bytes, () -> texts.forEach(fingerprinter::of)));
    }
    var hasher = new TextHasher();
    results.add(CleanBench.measure("exact", texts.size(), bytes, () -> texts.forEach(hasher::of)));

    var filter = new Generations(BITS_PER_KEY);
    filter.start(0, FILTER_KEYS);
    var known = new SplittableRandom(1);
    for (int i = 0; i < FILTER_KEYS; i++) {
      filter.add(known.nextLong());
    }
    results.add(lookups("filter-new", filter, 2));
    results.add(lookups("filter-known", filter, 1));
    return results;
  }

  private static CleanBench.Result lookups(String stage, Generations filter, long seed)
      throws IOException {
    return CleanBench.measure(
        stage,
        LOOKUPS,
        (long) LOOKUPS * Long.BYTES,
        () -> {
          var random = new SplittableRandom(seed);
          long hits = 0;
          for (int i = 0; i < LOOKUPS; i++) {
            hits += filter.mightContain(random.nextLong()) ? 1 : 0;
          }
          if (hits == 0) {
            throw new AssertionError("so many look-ups must have a hit, if only a false one");
          }
        });
  }

  /** Returns the speed from files to files, by the clock. */
  public CleanBench.Result files(int threads, Path folder) throws IOException {
    DedupConfig config = DedupConfig.recommended();
    long documents = 0;
    double best = Double.MAX_VALUE;
    for (int pass = 0; pass < PASSES; pass++) {
      FileDeduplicator deduplicator = FileDeduplicator.recommended(config, threads, folder);
      long start = System.nanoTime();
      try (var unique = new LineFile(folder.resolve("unique.jsonl"));
          var duplicates = new LineFile(folder.resolve("duplicates.jsonl"))) {
        var outputs =
            new FileDeduplicator.Outputs(
                Optional.of(unique), Optional.of(duplicates), Optional.empty(), Optional.empty());
        documents = deduplicator.run(inputs, outputs).read();
      }
      if (pass > 0) {
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
    }
    return new CleanBench.Result("files", documents, payloadBytes(), best, -1);
  }

  private long payloadBytes() throws IOException {
    long bytes = 0;
    try (var files = new FileDocuments(inputs)) {
      for (Optional<Documents.Entry> entry = files.next();
          entry.isPresent();
          entry = files.next()) {
        if (entry.get().item() instanceof Item.Document document) {
          bytes += document.payload().length;
        }
      }
    }
    return bytes;
  }

  private List<byte[]> texts() throws IOException {
    var cleaner = new Cleaner(CleanConfig.of(Profile.recommended()));
    var texts = new ArrayList<byte[]>();
    for (Envelope document : CleanBench.documents(inputs)) {
      if (cleaner.extract(document) instanceof Cleaned.Clean clean) {
        texts.add(clean.document().body);
      }
    }
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("there must be documents with text: inputs=" + inputs);
    }
    return texts;
  }
}
