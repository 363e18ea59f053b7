package dev.neostream.ops.file;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.ingest.file.Item;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Cleans documents from files to files: the decisions of the stream, record for record.
 *
 * <pre>
 *   kept      {id, url, text, language, language_score, domain, ...} and every field of the input
 *             that is none of these
 *   rejected  {id, url, source, file, offset, stage, reason, value, threshold, language, domain}
 * </pre>
 *
 * <p>One thread reads and writes, the others clean; lines come out in the order of the input
 * whatever the number of threads.
 */
public final class FileCleaner {

  private static final int CHUNK_RECORDS = 64;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int CHUNKS_A_THREAD = 4;

  /** What became of one record. */
  private record Outcome(
      Item item, Optional<Rejection> rejection, Optional<Cleaned> cleaned, byte[] line) {}

  private final List<Cleaner> cleaners;
  private final boolean extractOnly;

  /**
   * @param threads threads that clean, at least 1
   * @param extractOnly whether the main text is written without judging it
   */
  public FileCleaner(CleanConfig config, int threads, boolean extractOnly) {
    this.extractOnly = extractOnly;
    cleaners = new ArrayList<>();
    cleaners.add(new Cleaner(config));
    while (cleaners.size() < threads) {
      cleaners.add(cleaners.get(0).copy());
    }
  }

  /**
   * Cleans all documents.
   *
   * @param kept where kept documents go; empty to write none
   * @param rejects where rejects go; empty to write none
   */
  public Summary run(Documents documents, Optional<LineFile> kept, Optional<LineFile> rejects)
      throws IOException {
    var summary = new Summary();
    documents.files().forEach(summary::open);
    BlockingQueue<Cleaner> free = new ArrayBlockingQueue<>(cleaners.size(), false, cleaners);
    ExecutorService threads = Executors.newFixedThreadPool(cleaners.size());
    try {
      var waiting = new ArrayDeque<Future<List<Outcome>>>();
      List<Documents.Entry> chunk = chunk(documents);
      while (!chunk.isEmpty()) {
        List<Documents.Entry> work = chunk;
        waiting.add(threads.submit(() -> clean(free, work)));
        if (waiting.size() >= CHUNKS_A_THREAD * cleaners.size()) {
          write(waiting.remove(), summary, kept, rejects);
        }
        chunk = chunk(documents);
      }
      while (!waiting.isEmpty()) {
        write(waiting.remove(), summary, kept, rejects);
      }
    } finally {
      threads.shutdownNow();
    }
    if (kept.isPresent()) {
      kept.get().complete();
    }
    if (rejects.isPresent()) {
      rejects.get().complete();
    }
    return summary;
  }

  private static List<Documents.Entry> chunk(Documents documents) throws IOException {
    var chunk = new ArrayList<Documents.Entry>();
    for (int bytes = 0; chunk.size() < CHUNK_RECORDS && bytes < CHUNK_BYTES; ) {
      Optional<Documents.Entry> entry = documents.next();
      if (entry.isEmpty()) {
        break;
      }
      chunk.add(entry.get());
      if (entry.get().item() instanceof Item.Document document) {
        bytes += document.payload().length;
      }
    }
    return chunk;
  }

  private List<Outcome> clean(BlockingQueue<Cleaner> free, List<Documents.Entry> chunk)
      throws InterruptedException {
    Cleaner cleaner = free.take();
    try {
      var outcomes = new ArrayList<Outcome>(chunk.size());
      for (Documents.Entry entry : chunk) {
        outcomes.add(clean(cleaner, entry));
      }
      return outcomes;
    } finally {
      free.add(cleaner);
    }
  }

  private Outcome clean(Cleaner cleaner, Documents.Entry entry) {
    if (entry.item() instanceof Item.Broken broken) {
      return new Outcome(
          broken,
          Optional.of(broken.rejection()),
          Optional.empty(),
          JsonLine.rejected(entry, Stage.INGEST, broken.rejection(), "", ""));
    }
    var document = (Item.Document) entry.item();
    Cleaned cleaned =
        extractOnly
            ? cleaner.extract(entry.envelope())
            : cleaner.clean(entry.envelope(cleaner.fields()));
    if (cleaned instanceof Cleaned.Rejected rejected) {
      return new Outcome(
          document,
          Optional.of(rejected.rejection()),
          Optional.of(cleaned),
          JsonLine.rejected(
              entry, Stage.CLEAN, rejected.rejection(), cleaned.language(), cleaned.domain()));
    }
    var clean = (Cleaned.Clean) cleaned;
    return new Outcome(
        document,
        Optional.empty(),
        Optional.of(cleaned),
        extractOnly
            ? JsonLine.extracted(entry, clean.document())
            : JsonLine.kept(entry, document, clean.document()));
  }

  private static void write(
      Future<List<Outcome>> chunk,
      Summary summary,
      Optional<LineFile> kept,
      Optional<LineFile> rejects)
      throws IOException {
    for (Outcome outcome : get(chunk)) {
      summary.add(outcome.item, outcome.rejection, outcome.cleaned);
      Optional<LineFile> target = outcome.rejection.isPresent() ? rejects : kept;
      if (target.isPresent()) {
        target.get().write(outcome.line);
      }
    }
  }

  private static List<Outcome> get(Future<List<Outcome>> chunk) {
    try {
      return chunk.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while cleaning", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("cleaning failed", e.getCause());
    }
  }
}
