package dev.neostream.ops.run;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.ops.Reason;
import dev.neostream.ops.UserError;
import dev.neostream.ops.eval.Evaluation;
import dev.neostream.ops.eval.LanguageModel;
import dev.neostream.ops.eval.Score;
import dev.neostream.ops.eval.StoredLanguageModel;
import dev.neostream.ops.eval.TaskFile;
import dev.neostream.ops.eval.TaskResult;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import dev.neostream.trainer.checkpoint.StoredModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a run's evaluation tasks to its checkpoints while it trains, one after the other on one
 * thread; scores go to eval.results. A checkpoint that was asked all is not asked again by a later
 * start of the run.
 */
final class Evaluator implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Evaluator.class);

  private static final int THREADS = 1;

  private final RunSpec.Eval spec;
  private final List<Evaluation> tasks;
  private final Path checkpoints;
  private final KafkaConnection connection;
  private final Consumer<String> say;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "evaluator"));
  private volatile boolean closed;
  private long lastStep;
  private Future<?> asking = CompletableFuture.completedFuture(null);

  /**
   * Reads and checks the data of the tasks, which is what a user may have got wrong.
   *
   * @throws UserError naming what is wrong with a task or its data
   */
  static List<Evaluation> prepare(RunSpec.Eval spec) {
    return spec.tasks().stream()
        .map(task -> Evaluation.prepare(TaskFile.read(task), spec.limit()))
        .toList();
  }

  /**
   * @param tasks prepared
   * @param say told of a checkpoint that could not be asked, one line each
   */
  Evaluator(
      RunSpec.Eval spec,
      List<Evaluation> tasks,
      Path checkpoints,
      KafkaConnection connection,
      Consumer<String> say) {
    this.spec = spec;
    this.tasks = tasks;
    this.checkpoints = checkpoints;
    this.connection = connection;
    this.say = say;
    lastStep = tasks.isEmpty() ? -1 : lastAsked();
  }

  /** A step whose last task has a score has been asked all. */
  private long lastAsked() {
    String lastTask = tasks.get(tasks.size() - 1).name();
    try (var results =
        new TopicReader<>(connection, connection.topics().evalResults(), EvalResult.class)) {
      return results.readToEnd().stream()
          .filter(result -> result.getTask().equals(lastTask))
          .mapToLong(EvalResult::getStep)
          .max()
          .orElse(-1);
    }
  }

  /** Starts to ask the newest checkpoint if it is its turn, and the last one is done with. */
  void look(long checkpointStep) {
    boolean due = (checkpointStep + 1) / spec.every() > (lastStep + 1) / spec.every();
    if (due && !tasks.isEmpty() && asking.isDone()) {
      ask();
    }
  }

  /**
   * True once the newest checkpoint has been asked; starts to ask it if nobody has. For a run whose
   * last checkpoint is made.
   */
  boolean finished() {
    if (tasks.isEmpty()) {
      return true;
    }
    if (asking.isDone() && newestStep() > lastStep) {
      say.accept("Evaluating the last checkpoint");
      ask();
    }
    return asking.isDone();
  }

  private long newestStep() {
    try {
      return new CheckpointStore(checkpoints)
          .newest()
          .map(newest -> newest.manifest().getStep())
          .orElse(-1L);
    } catch (IOException e) {
      throw new UncheckedIOException("the newest checkpoint must be readable", e);
    }
  }

  private void ask() {
    long step = newestStep();
    lastStep = step;
    try {
      // Read here, before a later checkpoint takes its place.
      StoredModel model = StoredModel.read(new CheckpointStore(checkpoints).newest().orElseThrow());
      asking = thread.submit(() -> ask(model, step));
    } catch (IOException e) {
      failed(step, e);
    }
  }

  private void ask(StoredModel stored, long step) {
    try (LanguageModel model = StoredLanguageModel.open(stored, THREADS);
        var results =
            new TopicWriter<>(connection, connection.topics().evalResults(), EvalResult.class)) {
      for (Evaluation task : tasks) {
        TaskResult result = task.run(model, (name, asked, all) -> requireOpen());
        for (Score score : result.scores()) {
          results.write(record(step, result.name(), score));
        }
      }
    } catch (CancellationException closing) {
      LOG.info("evaluation ends with the run: step={}", step);
    } catch (IOException | RuntimeException e) {
      failed(step, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new CancellationException();
    }
  }

  private static EvalResult record(long step, String task, Score score) {
    return new EvalResult(
        step,
        task,
        score.group().isEmpty() ? "all" : score.group(),
        score.metric(),
        score.value(),
        (long) score.count(),
        Double.isNaN(score.standardError()) ? null : score.standardError(),
        score.chance());
  }

  private void failed(long step, Exception failure) {
    LOG.warn("a checkpoint could not be evaluated: step={}", step, failure);
    say.accept("the checkpoint of step " + step + " was not evaluated: " + Reason.of(failure));
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.shutdown();
    thread.awaitTermination(1, TimeUnit.MINUTES);
  }
}
