package dev.neostream.ops.cli;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.eval.EvalResults;
import dev.neostream.ops.eval.Evaluation;
import dev.neostream.ops.eval.LanguageModel;
import dev.neostream.ops.eval.Score;
import dev.neostream.ops.eval.ServedLanguageModel;
import dev.neostream.ops.eval.StoredLanguageModel;
import dev.neostream.ops.eval.TaskFile;
import dev.neostream.ops.eval.TaskResult;
import dev.neostream.trainer.checkpoint.StoredModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts tasks to a model and shows its scores. */
@Command(
    name = "eval",
    description = {
      "Evaluate a model: choices by likelihood, answers it writes, bits per byte of texts; every",
      "score with its standard error and what chance gives. Prompts, tokens and metrics are those of",
      "lm-evaluation-harness."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Tasks that come along; the data is yours, a file of JSON Lines or a folder of such files:",
      "  blimp  sentence_good, sentence_bad, UID: which of two sentences is likelier",
      "  arc    question, choices.text, choices.label, answerKey: questions of science",
      "  mmlu   question, subject, choices, answer: four choices in many subjects, none shown before",
      "  ceval  question, A, B, C, D, answer: the same in Chinese",
      "  gsm8k  question, answer: sums, five others of the file shown before",
      "  text   text, domain: bits per byte by domain",
      "Others are YAML files; ops/README.md has one.",
      "",
      "Examples:",
      "  ops/neo eval --tasks blimp=blimp/ text=held-out.jsonl --dir my-run --out scores.json",
      "  ops/neo eval --tasks blimp=blimp/ --url http://127.0.0.1:8000",
      "  ops/neo eval --tasks my-task.yaml --checkpoint my-run/checkpoints/step-00000599 --limit 100"
    })
final class EvalCommand implements Callable<Integer> {

  /** Questions for which nobody waits without a word. */
  private static final int LONG = 200;

  @Spec private CommandSpec spec;

  @Option(
      names = "--tasks",
      paramLabel = "TASK",
      arity = "1..*",
      required = true,
      description =
          "Task files, or names below, each with =DATA behind it where that is elsewhere.")
  private List<String> tasks;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "A run's checkpoint, step-NNNNNNNN.")
  private Path checkpoint;

  @Option(names = "--dir", paramLabel = "RUN", description = "Or a run: its newest checkpoint.")
  private Path dir;

  @Option(names = "--step", paramLabel = "N", description = "Or that of a step.")
  private Long step;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Or what a server serves: the same numbers.")
  private URI url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the secret that the server asks for.")
  private Path tokenFile;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Ask the first N records of each file (default: all).")
  private Integer limit;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = {
        "Processors that compute one text (default: ${DEFAULT-VALUE}); more are faster for",
        "models of hundreds of millions of parameters."
      })
  private int threads;

  @Option(names = "--out", paramLabel = "FILE", description = "Write the results as JSON.")
  private Path out;

  @Option(names = "--json", description = "Print the results as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (Stream.of(dir, checkpoint, url).filter(Objects::nonNull).count() != 1) {
      throw UserError.usage("one of --dir, --checkpoint and --url must be given");
    }
    if (step != null && dir == null) {
      throw UserError.usage("--step must come with --dir");
    }
    if (tokenFile != null && url == null) {
      throw UserError.usage("--token-file must come with --url");
    }
    OptionRule.require(
        url == null || String.valueOf(url.getScheme()).matches("https?") && url.getHost() != null,
        "--url",
        "an address such as http://127.0.0.1:8000",
        url);
    OptionRule.require(limit == null || limit >= 1, "--limit", "at least 1", limit);
    OptionRule.require(threads >= 1, "--threads", "at least 1", threads);
    OptionRule.file("--out", out);
    int most = limit == null ? Integer.MAX_VALUE : limit;
    List<Evaluation> evaluations = new ArrayList<>();
    for (String task : tasks) {
      evaluations.add(Evaluation.prepare(TaskFile.read(task), most));
    }
    PrintWriter printer = spec.commandLine().getOut();
    List<TaskResult> results = new ArrayList<>();
    EvalResults all;
    try (LanguageModel model = model()) {
      String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
      for (Evaluation evaluation : evaluations) {
        TaskResult result = evaluation.run(model, this::showProgress);
        results.add(result);
        if (!json) {
          print(printer, result);
        }
      }
      all = new EvalResults(date, Main.VERSION, model.facts(), results);
    } catch (ArithmeticException e) {
      throw new UserError(e.getMessage(), e);
    }
    if (out != null) {
      Files.writeString(out, Json.of(all) + "\n");
    }
    if (json) {
      printer.println(Json.of(all));
    }
    return 0;
  }

  /** A line a tenth, where there is something to wait for. */
  private void showProgress(String task, int asked, int all) {
    int tenth = all / 10;
    if (all >= LONG && asked % tenth == 0 && asked < all) {
      spec.commandLine()
          .getErr()
          .printf(Locale.ROOT, "%s: %,d of %,d questions%n", task, asked, all);
    }
  }

  private LanguageModel model() throws IOException, InterruptedException {
    if (url != null) {
      return ServedLanguageModel.open(url, Optional.ofNullable(tokenFile).map(ServeCommand::token));
    }
    try {
      Stored stored =
          checkpoint == null ? CheckpointCommand.checkpoint(RunOption.folder(dir), step) : named();
      return StoredLanguageModel.open(StoredModel.read(stored), threads);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError("the checkpoint must be readable: " + e.getMessage(), e);
    }
  }

  private Stored named() {
    try {
      return CheckpointStore.open(checkpoint);
    } catch (IOException e) {
      throw UserError.usage("--checkpoint: " + e.getMessage());
    }
  }

  private static void print(PrintWriter to, TaskResult result) {
    to.printf(
        Locale.ROOT,
        "%s, version %d: %,d questions%s%n",
        result.name(),
        result.version(),
        result.questions(),
        result.truncated() == 0
            ? ""
            : String.format(Locale.ROOT, ", %,d cut to fit the context", result.truncated()));
    for (Score score : result.scores()) {
      to.printf(
          Locale.ROOT,
          "  %-13s %7.4f %s  chance %.4f  %,7d %s%n",
          score.metric(),
          score.value(),
          Double.isNaN(score.standardError())
              ? "         "
              : String.format(Locale.ROOT, "± %.4f ", score.standardError()),
          score.chance(),
          score.count(),
          score.group().isEmpty() ? "all" : score.group());
    }
    to.flush();
  }
}
