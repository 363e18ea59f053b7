package dev.neostream.ops.eval;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What is asked of a model: a task file, in YAML, says one of the three kinds.
 *
 * <pre>
 *   name: arc                # of the results
 *   version: 1               # to be raised when a change changes scores
 *   kind: choice             # or generation, or text
 *   data: arc.jsonl          # JSON Lines, or a folder of .jsonl; several as a list; relative
 *   group: "{subject}"       # scores of each group besides those of all (default: none)
 * </pre>
 *
 * <p>The other names are those of {@link ChoiceTask}, {@link GenerationTask} and {@link TextTask}.
 */
sealed interface EvalTask permits ChoiceTask, GenerationTask, TextTask {

  String name();

  int version();

  /** Files and folders with the records, absolute. */
  List<String> data();

  /** What a record's scores are put together by; nothing where it is empty. */
  Template group();

  FewShot fewshot();

  /** Names of what is measured, in the order of the results. */
  List<String> metrics();

  /**
   * Checks what must hold between a task and the model that it is put to.
   *
   * @throws IllegalArgumentException if it does not
   */
  default void requireRoom(int context) {}

  /**
   * Returns what is asked about a record.
   *
   * @param shots records whose answers are shown before
   * @throws IllegalArgumentException if a record is not what the task says
   */
  Question question(DataFile.Item item, List<DataFile.Item> shots);

  /** Something to ask of a model. */
  interface Question {

    /**
     * @throws IllegalArgumentException if it cannot be asked of this model
     */
    Outcome ask(LanguageModel model) throws IOException, InterruptedException;
  }

  /**
   * What came of a question.
   *
   * @param truncated whether a part of the prompt was left out to fit the model
   */
  record Outcome(Map<String, Measure> measures, boolean truncated) {}

  /**
   * What one question gives to a score, which is the sum of the amounts over the sum of the sizes.
   *
   * @param size 1, or the bytes of a text
   * @param chance what a model that knows nothing would get for this question
   */
  record Measure(double amount, double size, double chance) {}
}
