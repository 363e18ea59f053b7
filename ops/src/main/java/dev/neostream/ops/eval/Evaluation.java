package dev.neostream.ops.eval;

import dev.neostream.ops.UserError;
import dev.neostream.ops.eval.DataFile.Item;
import dev.neostream.ops.eval.EvalTask.Outcome;
import dev.neostream.ops.eval.EvalTask.Question;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A task and its records, all read and checked before a model is asked. Equal models give equal
 * results, to the last bit.
 */
public final class Evaluation {

  private final TaskFile file;
  private final EvalTask task;
  private final List<DataFile> data;
  private final List<TaskResult.Data> used = new ArrayList<>();
  private final List<Item> items = new ArrayList<>();
  private final Shots shots;

  private Evaluation(TaskFile file, List<DataFile> data, int limit) {
    this.file = file;
    this.data = data;
    task = file.task();
    for (DataFile part : data) {
      int asked = Math.min(limit, part.items().size());
      items.addAll(part.items().subList(0, asked));
      used.add(
          new TaskResult.Data(part.file().toString(), part.sha256(), part.items().size(), asked));
    }
    shots = shots();
  }

  /**
   * Reads a task's data.
   *
   * @param limit records of each file that are asked at most, the first ones
   * @throws UserError naming file and line of the first record that is not what the task says
   */
  public static Evaluation prepare(TaskFile file, int limit) {
    if (file.task().data().isEmpty()) {
      throw UserError.usage(
          "a task must have data: task=%s; give it as %s=FILE"
              .formatted(file.task().name(), file.given()));
    }
    var evaluation = new Evaluation(file, read(file.task().data()), limit);
    evaluation.items.forEach(evaluation::question);
    return evaluation;
  }

  private static List<DataFile> read(List<String> paths) {
    return paths.stream().flatMap(path -> DataFile.read(Path.of(path)).stream()).toList();
  }

  private Shots shots() {
    List<DataFile> pool =
        task.fewshot().data() == null || task.fewshot().count() == 0
            ? data
            : read(List.of(task.fewshot().data()));
    try {
      return new Shots(
          task.fewshot(), task.group(), pool.stream().flatMap(p -> p.items().stream()).toList());
    } catch (IllegalArgumentException e) {
      throw UserError.usage("fewshot of task " + task.name() + ": " + e.getMessage());
    }
  }

  private Question question(Item item) {
    try {
      task.group().fill(item.fields());
      return task.question(item, shots.before(item));
    } catch (IllegalArgumentException e) {
      throw item.refused(e.getMessage());
    }
  }

  /** Returns the task's name, by which its results go. */
  public String name() {
    return task.name();
  }

  /** Is told how far an evaluation is. */
  public interface Progress {

    /**
     * After each question.
     *
     * @param asked so many of all questions
     */
    void asked(String task, int asked, int all);
  }

  /**
   * Puts every question to a model.
   *
   * @throws UserError naming file and line of a question that cannot be put to this model
   */
  public TaskResult run(LanguageModel model, Progress progress)
      throws IOException, InterruptedException {
    try {
      task.requireRoom(model.context());
    } catch (IllegalArgumentException e) {
      throw UserError.usage("task " + task.name() + ": " + e.getMessage());
    }
    Map<String, Map<String, Tally>> tallies = new TreeMap<>(); // by group, then metric
    int truncated = 0;
    int asked = 0;
    for (Item item : items) {
      Outcome outcome = ask(model, item);
      truncated += outcome.truncated() ? 1 : 0;
      Stream.of("", task.group().fill(item.fields()))
          .distinct()
          .map(group -> tallies.computeIfAbsent(group, g -> new TreeMap<>()))
          .forEach(
              group ->
                  outcome
                      .measures()
                      .forEach(
                          (metric, measure) ->
                              group.computeIfAbsent(metric, m -> new Tally()).add(measure)));
      progress.asked(task.name(), ++asked, items.size());
    }
    List<Score> scores = new ArrayList<>();
    for (String metric : task.metrics()) {
      tallies.forEach((group, tally) -> scores.add(tally.get(metric).score(metric, group)));
    }
    return new TaskResult(
        task.name(), task.version(), file.definition(), used, items.size(), truncated, scores);
  }

  private Outcome ask(LanguageModel model, Item item) throws IOException, InterruptedException {
    try {
      return question(item).ask(model);
    } catch (IllegalArgumentException e) {
      throw item.refused(e.getMessage());
    }
  }
}
