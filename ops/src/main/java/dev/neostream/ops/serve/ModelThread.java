package dev.neostream.ops.serve;

import dev.neostream.ops.http.ApiError;
import dev.neostream.trainer.checkpoint.StoredModel;
import dev.neostream.trainer.generate.Completer;
import dev.neostream.trainer.generate.CompletionChunk;
import dev.neostream.trainer.generate.CompletionRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that may use a model. Jobs wait in line, at most so many, and are done one after
 * the other; so a job's answer is the same whatever else is asked. It never waits for whoever reads
 * the answer.
 */
final class ModelThread implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelThread.class);

  private static final double NS_A_SECOND = 1e9;

  private final BlockingQueue<Job> line;
  private final Thread thread;
  private volatile Job current;
  private volatile long prompted;
  private volatile long generated;
  private volatile long waitedNs;
  private volatile long generatedNs;
  private volatile boolean closed;

  private ModelThread(StoredModel model, int threads, int line, CompletableFuture<Void> loaded) {
    this.line = new ArrayBlockingQueue<>(line);
    thread = new Thread(() -> run(model, threads, loaded), "model");
    thread.setDaemon(true);
  }

  /**
   * Loads a model and returns once it can be asked.
   *
   * @param threads libtorch threads
   * @param line jobs that may wait
   * @throws IOException if it cannot be loaded
   */
  static ModelThread start(StoredModel model, int threads, int line)
      throws IOException, InterruptedException {
    var loaded = new CompletableFuture<Void>();
    var started = new ModelThread(model, threads, line, loaded);
    started.thread.start();
    try {
      loaded.get();
      return started;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException("the model must load", e.getCause());
    }
  }

  /** What comes of a job, in order. */
  sealed interface Event {

    /** A piece of the completion of one of its requests. */
    record Chunk(int request, CompletionChunk chunk) implements Event {}

    /**
     * Nothing more comes.
     *
     * @param generated tokens in all
     */
    record Done(int generated) implements Event {}

    /** Nothing more comes, and not all came. */
    record Failed(ApiError error) implements Event {}
  }

  /** Requests that are done together. */
  static final class Job implements AutoCloseable {

    private final List<CompletionRequest> requests;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final long submittedNs = System.nanoTime();
    private volatile boolean cancelled;

    private Job(List<CompletionRequest> requests) {
      this.requests = requests;
    }

    /** Waits for what comes next. */
    Event next() throws InterruptedException {
      return events.take();
    }

    /** Says that nobody reads what is still to come. */
    @Override
    public void close() {
      cancelled = true;
    }
  }

  /**
   * Puts requests in line.
   *
   * @throws ApiError if the line is full
   */
  Job submit(List<CompletionRequest> requests) {
    var job = new Job(requests);
    if (!line.offer(job)) {
      throw ApiError.unavailable(
          "fewer requests must be waiting: waiting=" + line.size() + "; ask again later");
    }
    // The thread ends the line after it says that it is closed: one of the two sees the job.
    if (closed && line.remove(job)) {
      throw stopping();
    }
    return job;
  }

  boolean running() {
    return current != null;
  }

  int waiting() {
    return line.size();
  }

  /** Returns how many tokens the prompts had that were begun with since the start. */
  long prompted() {
    return prompted;
  }

  /** Returns how long jobs waited that were begun with since the start, seconds. */
  double waitedSeconds() {
    return waitedNs / NS_A_SECOND;
  }

  /** Returns how long jobs took since the start from when they were begun with, seconds. */
  double generatedSeconds() {
    return generatedNs / NS_A_SECOND;
  }

  /** Returns how many tokens were generated since the start. */
  long generated() {
    return generated;
  }

  private void run(StoredModel model, int threads, CompletableFuture<Void> loaded) {
    try (Completer completer = Completer.open(model, threads)) {
      loaded.complete(null);
      while (!closed) {
        Job job = line.take();
        current = job;
        long begin = System.nanoTime();
        waitedNs += begin - job.submittedNs;
        Event outcome = outcome(job, completer);
        generatedNs += System.nanoTime() - begin;
        current = null;
        job.events.add(outcome);
      }
    } catch (InterruptedException e) {
      LOG.debug("the model is no longer asked");
    } catch (IOException | RuntimeException e) {
      loaded.completeExceptionally(e);
    }
    closed = true;
    for (Job job = line.poll(); job != null; job = line.poll()) {
      job.events.add(new Event.Failed(stopping()));
    }
  }

  private Event outcome(Job job, Completer completer) {
    try {
      int count = 0;
      for (int i = 0; i < job.requests.size(); i++) {
        int request = i;
        prompted += job.requests.get(i).prompt().length;
        int own =
            completer.complete(
                job.requests.get(i),
                chunk -> {
                  job.events.add(new Event.Chunk(request, chunk));
                  return !job.cancelled && !closed;
                });
        count += own;
        generated += own;
        if (job.cancelled || closed) {
          return new Event.Failed(stopping());
        }
      }
      return new Event.Done(count);
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("a request could not be answered", e);
      return new Event.Failed(ApiError.failed("the model failed: " + e.getMessage()));
    }
  }

  private static ApiError stopping() {
    return ApiError.unavailable("the server is stopping");
  }

  /** Ends the thread after the token that is being generated; jobs in line fail. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join();
  }
}
