package dev.neostream.ops.file;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.near.Catalogue;
import dev.neostream.dedup.near.Decisions;
import dev.neostream.dedup.near.DedupState;
import dev.neostream.dedup.near.Deduplication;
import dev.neostream.dedup.near.StarClusters;
import dev.neostream.dedup.near.Traits;
import dev.neostream.dedup.published.ConnectedComponents;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.file.Item;
import dev.neostream.ops.UserError;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Deduplicates documents from files to files, see {@link dev.neostream.dedup.near.StarClusters} for
 * what a duplicate is.
 *
 * <pre>
 *   unique      {id, url, text} and every field of the input, in its order
 *   duplicates  {id, url, source, canonical, jaccard, exact_jaccard, rule}
 *   rejects     {id, url, source, file, offset, stage, reason, value, threshold, ...}
 *   changes     {id, was, now, canonical, jaccard, exact_jaccard, rule}, with a state only
 * </pre>
 *
 * <p>The inputs are read twice: once for what documents are compared by, once to write those that
 * survive; a third time where passages are cut, which happens to survivors in order of priority.
 * What is cut so that fewer than {@code minCharacters} are left is rejected as {@code
 * dedup.too_short}; its passages count as seen all the same, so that which passages are cut
 * elsewhere does not depend on that limit. Nothing depends on the order of the input or on the
 * number of threads. A record whose id, text, URL and priority are those of an earlier record is
 * that record and is rejected as {@code dedup.seen_before}; records that share an id alone are
 * documents of their own.
 */
public final class FileDeduplicator {

  private static final int SEEN_BEFORE = -1;
  private static final int REJECTED = -2;

  /** Where lines go; empty to write none. */
  public record Outputs(
      Optional<LineFile> unique,
      Optional<LineFile> duplicates,
      Optional<LineFile> rejects,
      Optional<LineFile> changes) {

    private void complete() {
      for (Optional<LineFile> file : List.of(unique, duplicates, rejects, changes)) {
        file.ifPresent(LineFile::complete);
      }
    }
  }

  /** A document that was compared, or why there is none. */
  private record Compared(Traits traits, Rejection rejection) {}

  /** A line, where it goes and how it is counted. */
  private record Line(Optional<LineFile> to, byte[] json, Consumer<DedupSummary> count) {}

  /** What passages are cut out of. */
  private record UniqueText(String url, byte[] utf8) {}

  /** Cuts passages out of texts, which it is shown in order of priority. */
  @FunctionalInterface
  interface Cutter {

    /**
     * Returns what stays of the next text by a stage, the same array if all of it does.
     *
     * @param url of the document
     * @param utf8 what the stages before have left
     */
    byte[] cut(DedupStage stage, String url, byte[] utf8);
  }

  /** What a thread needs. */
  private record Worker(DocumentText text, Deduplication.Sketcher sketcher) {}

  private final DedupConfig config;
  private final Deduplication deduplication;
  private final Supplier<Cutter> cutters;
  private final int threads;
  private final Path scratch;

  /**
   * Returns a deduplicator by {@link StarClusters} and the stages of passages that go with it.
   *
   * @param threads threads that compare, at least 1
   * @param scratch folder for what does not fit into memory, some kilobytes a document
   */
  public static FileDeduplicator recommended(DedupConfig config, int threads, Path scratch) {
    return new FileDeduplicator(
        config, new StarClusters(config), () -> new PassageCutter(config)::cut, threads, scratch);
  }

  /**
   * Returns a deduplicator that does everything as MAP-Neo's released code.
   *
   * @param config of which the stages are used, without {@code url}
   * @param threads threads that compare, at least 1
   * @param scratch folder for what does not fit into memory, some kilobytes a document
   */
  public static FileDeduplicator published(DedupConfig config, int threads, Path scratch) {
    return new FileDeduplicator(
        config,
        new ConnectedComponents(config),
        () -> new PublishedPassageCutter()::cut,
        threads,
        scratch);
  }

  private FileDeduplicator(
      DedupConfig config,
      Deduplication deduplication,
      Supplier<Cutter> cutters,
      int threads,
      Path scratch) {
    this.config = config;
    this.deduplication = deduplication;
    this.cutters = cutters;
    this.threads = threads;
    this.scratch = scratch;
  }

  /** Whether only whole documents are dropped, so that a state can remember what was decided. */
  public static boolean isWhole(DedupConfig config) {
    return config.stages().stream().allMatch(stage -> stage.compareTo(DedupStage.MINHASH) <= 0);
  }

  /** Deduplicates what the inputs hold. */
  public DedupSummary run(List<Input> inputs, Outputs outputs) throws IOException {
    Path spill = Files.createTempFile(scratch, ".dedup-", ".partial");
    spill.toFile().deleteOnExit();
    try (Catalogue documents = Catalogue.temporary(spill)) {
      var none = new Decisions(0);
      return new Run(inputs, outputs, documents, none).run();
    }
  }

  /**
   * Deduplicates what the inputs hold together with everything that earlier calls have left in a
   * state, and adds it to the state.
   *
   * <p>Outputs are complete before the state changes: after a crash the same call gives the same
   * outputs.
   *
   * @throws IllegalArgumentException if the state was made by other settings
   */
  public DedupSummary run(List<Input> inputs, Outputs outputs, Path state) throws IOException {
    try (DedupState known = DedupState.open(state, deduplication.settings())) {
      var run = new Run(inputs, outputs, known.documents(), known.decisions());
      DedupSummary summary = run.run();
      known.commit(run.now);
      return summary;
    }
  }

  /** One call. */
  private final class Run {
    final List<Input> inputs;
    final Outputs outputs;
    final Catalogue documents;
    final Decisions was;
    final DedupSummary summary = new DedupSummary();

    /** The document of each record of the inputs, or SEEN_BEFORE or REJECTED. */
    int[] indexes = new int[1 << 10];

    int records;
    Decisions now;

    Run(List<Input> inputs, Outputs outputs, Catalogue documents, Decisions was) {
      this.inputs = inputs;
      this.outputs = outputs;
      this.documents = documents;
      this.was = was;
    }

    DedupSummary run() throws IOException {
      compare();
      now = deduplication.decide(documents);
      summary.cappedBuckets(now.cappedBuckets());
      if (isWhole(config)) {
        write(null);
      } else {
        try (var texts = new TextSpill(scratch, documents.size())) {
          cut(texts);
          write(texts);
        }
      }
      writeChanges();
      outputs.complete();
      return summary;
    }

    /** Leaves the texts that passages were cut out of. */
    private void cut(TextSpill texts) throws IOException {
      var urls = new String[documents.size()];
      var record = new int[1];
      try (var again = new FileDocuments(inputs)) {
        RecordThreads.run(
            again,
            workers(DocumentText::new),
            (worker, number, entry) -> uniqueText(worker, number, entry),
            text -> {
              int index = indexes[record[0]++];
              if (text != null) {
                urls[index] = text.url;
                put(texts, index, text.utf8);
              }
            });
      }
      Cutter cutter = cutters.get();
      for (int document : documents.inPriorityOrder()) {
        if (texts.has(document)) {
          byte[] whole = texts.get(document);
          byte[] left = whole;
          for (DedupStage stage : config.stages()) {
            if (stage.compareTo(DedupStage.MINHASH) > 0) {
              int before = left.length;
              left = cutter.cut(stage, urls[document], left);
              summary.cut(stage, before - left.length);
              if (left.length == 0) {
                break;
              }
            }
          }
          if (left == whole) {
            texts.remove(document);
          } else {
            texts.put(document, left);
          }
        }
      }
    }

    /** Returns the text of a document that is unique, null of any other record. */
    private UniqueText uniqueText(DocumentText texts, long record, Documents.Entry entry) {
      if (record >= records) {
        throw changed();
      }
      int index = indexes[(int) record];
      if (index < 0 || !now.isUnique(index)) {
        return null;
      }
      if (!(entry.item() instanceof Item.Document document)) {
        throw changed();
      }
      DocumentText.Text text = texts.of(document);
      if (text.rejection() != null) {
        throw changed();
      }
      return new UniqueText(document.url(), text.compared());
    }

    private void compare() throws IOException {
      try (var records = new FileDocuments(inputs)) {
        RecordThreads.run(
            records,
            workers(() -> new Worker(new DocumentText(), deduplication.sketcher())),
            (worker, record, entry) -> compare(worker, entry),
            this::add);
      }
    }

    private Compared compare(Worker worker, Documents.Entry entry) {
      if (entry.item() instanceof Item.Broken broken) {
        return new Compared(null, broken.rejection());
      }
      var document = (Item.Document) entry.item();
      DocumentText.Text text = worker.text.of(document);
      if (text.rejection() != null) {
        return new Compared(null, text.rejection());
      }
      byte[] utf8 = text.compared();
      long priority = Standing.key(config.priority(), document, utf8.length);
      return new Compared(
          worker.sketcher.of(DedupLine.id(entry), priority, document.url(), utf8), null);
    }

    private void add(Compared compared) {
      if (records == indexes.length) {
        indexes = Arrays.copyOf(indexes, 2 * records);
      }
      indexes[records++] =
          compared.rejection != null
              ? REJECTED
              : documents.add(compared.traits) ? documents.size() - 1 : SEEN_BEFORE;
    }

    /**
     * @param cut texts that differ from what was read; null if there is none
     */
    private void write(TextSpill cut) throws IOException {
      var lines = new long[1];
      try (var again = new FileDocuments(inputs)) {
        RecordThreads.run(
            again,
            workers(DocumentText::new),
            (worker, record, entry) -> line(worker, record, entry, cut),
            line -> {
              lines[0]++;
              line.to.ifPresent(file -> file.write(line.json));
              line.count.accept(summary);
            });
      }
      if (lines[0] != records) {
        throw changed();
      }
    }

    private Line line(DocumentText texts, long record, Documents.Entry entry, TextSpill cut) {
      if (record >= records) {
        throw changed();
      }
      int index = indexes[(int) record];
      if (index == REJECTED || index == SEEN_BEFORE) {
        return rejected(entry, rejection(texts, index, entry));
      }
      if (!DedupLine.id(entry).equals(documents.id(index))
          || !(entry.item() instanceof Item.Document document)) {
        throw changed();
      }
      if (!now.isUnique(index)) {
        return new Line(
            outputs.duplicates,
            DedupLine.duplicate(entry, documents, now, index),
            summary -> summary.duplicate(now.rule(index)));
      }
      if (cut != null && cut.has(index)) {
        byte[] left = get(cut, index);
        int characters = characters(left);
        return characters < config.minCharacters()
            ? rejected(
                entry,
                new Rejection(
                    "dedup.too_short",
                    Integer.toString(characters),
                    ">= " + config.minCharacters()))
            : unique(entry, document, left);
      }
      DocumentText.Text text = texts.of(document);
      if (text.rejection() != null) {
        throw changed();
      }
      return unique(entry, document, text.written());
    }

    private Line unique(Documents.Entry entry, Item.Document document, byte[] text) {
      return new Line(
          outputs.unique, DedupLine.unique(entry, document, text), DedupSummary::unique);
    }

    private Line rejected(Documents.Entry entry, Rejection rejection) {
      Stage stage = entry.item() instanceof Item.Broken ? Stage.INGEST : Stage.DEDUP;
      return new Line(
          outputs.rejects,
          JsonLine.rejected(entry, stage, rejection, "", ""),
          summary -> summary.reject(rejection.reason()));
    }

    private Rejection rejection(DocumentText texts, int index, Documents.Entry entry) {
      if (index == SEEN_BEFORE) {
        return new Rejection("dedup.seen_before", DedupLine.id(entry), "seen for the first time");
      }
      if (entry.item() instanceof Item.Broken broken) {
        return broken.rejection();
      }
      Rejection rejection = texts.of((Item.Document) entry.item()).rejection();
      if (rejection == null) {
        throw changed();
      }
      return rejection;
    }

    private void writeChanges() {
      summary.known(was.size());
      for (int document = 0; document < was.size(); document++) {
        if (!now.agrees(was, document)) {
          summary.change(was.isUnique(document), now.isUnique(document));
          if (outputs.changes.isPresent()) {
            outputs.changes.get().write(DedupLine.change(documents, was, now, document));
          }
        }
      }
    }

    private UserError changed() {
      return new UserError("the inputs must not change while they are read: records=" + records);
    }
  }

  private static void put(TextSpill texts, int document, byte[] utf8) {
    try {
      texts.put(document, utf8);
    } catch (IOException e) {
      throw new UncheckedIOException("texts must be writable to a temporary file", e);
    }
  }

  private static byte[] get(TextSpill texts, int document) {
    try {
      return texts.get(document);
    } catch (IOException e) {
      throw new UncheckedIOException("texts must be readable from a temporary file", e);
    }
  }

  private static int characters(byte[] utf8) {
    int characters = 0;
    for (byte b : utf8) {
      characters += (b & 0xc0) == 0x80 ? 0 : 1;
    }
    return characters;
  }

  private <W> List<W> workers(Supplier<W> worker) {
    List<W> workers = new ArrayList<>();
    while (workers.size() < threads) {
      workers.add(worker.get());
    }
    return workers;
  }
}
