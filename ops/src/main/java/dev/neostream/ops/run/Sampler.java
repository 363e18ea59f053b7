package dev.neostream.ops.run;

import dev.neostream.ops.page.LiveRun;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets each new checkpoint speak while somebody watches: it takes time from training. */
final class Sampler implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);

  private static final long END_SECONDS = 30;

  private final LiveRun live;
  private final Supplier<String> sample;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "sampler"));
  private long sampledStep = -1;
  private Future<?> sampling = CompletableFuture.completedFuture(null);

  /**
   * @param live what is watched, and told what the model says
   * @param sample what the newest checkpoint says
   */
  Sampler(LiveRun live, Supplier<String> sample) {
    this.live = live;
    this.sample = sample;
  }

  /** Starts to sample unless nobody watches, the step was sampled, or the last sample takes on. */
  void look(long checkpointStep) {
    if (!live.watched() || checkpointStep == sampledStep || !sampling.isDone()) {
      return;
    }
    sampledStep = checkpointStep;
    sampling = thread.submit(() -> sample(checkpointStep));
  }

  private void sample(long step) {
    try {
      live.sample(new LiveRun.Sample(step, sample.get()));
    } catch (RuntimeException e) {
      LOG.warn("the checkpoint did not speak: step={}", step, e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    thread.shutdown();
    thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
  }
}
