package dev.neostream.ops.file;

import dev.neostream.ingest.file.Item;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Works on records with several threads; results come in the order of the records. */
final class RecordThreads {

  private static final int CHUNK_RECORDS = 64;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int CHUNKS_A_THREAD = 4;

  /** What is done with a record, by a worker that no other thread has at the time. */
  interface Work<W, R> {
    R on(W worker, long record, Documents.Entry entry);
  }

  private RecordThreads() {}

  /**
   * Works on all records; one thread reads and takes the results.
   *
   * @param workers one a thread
   */
  static <W, R> void run(Documents documents, List<W> workers, Work<W, R> work, Consumer<R> results)
      throws IOException {
    BlockingQueue<W> free = new ArrayBlockingQueue<>(workers.size(), false, workers);
    ExecutorService threads = Executors.newFixedThreadPool(workers.size());
    try {
      var waiting = new ArrayDeque<Future<List<R>>>();
      long first = 0;
      List<Documents.Entry> chunk = chunk(documents);
      while (!chunk.isEmpty()) {
        waiting.add(threads.submit(task(free, work, first, chunk)));
        first += chunk.size();
        if (waiting.size() >= CHUNKS_A_THREAD * workers.size()) {
          get(waiting.remove()).forEach(results);
        }
        chunk = chunk(documents);
      }
      while (!waiting.isEmpty()) {
        get(waiting.remove()).forEach(results);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static <W, R> Callable<List<R>> task(
      BlockingQueue<W> free, Work<W, R> work, long first, List<Documents.Entry> chunk) {
    return () -> {
      W worker = free.take();
      try {
        var results = new ArrayList<R>(chunk.size());
        for (int i = 0; i < chunk.size(); i++) {
          results.add(work.on(worker, first + i, chunk.get(i)));
        }
        return results;
      } finally {
        free.add(worker);
      }
    };
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

  private static <R> List<R> get(Future<List<R>> chunk) {
    try {
      return chunk.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while working on records", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("working on records failed", e.getCause());
    }
  }
}
