package dev.neostream.ops.report;

import static dev.neostream.ops.report.Block.row;
import static dev.neostream.ops.report.Numbers.count;
import static dev.neostream.ops.report.Numbers.format;
import static dev.neostream.ops.report.Numbers.percent;
import static dev.neostream.ops.report.Span.code;
import static dev.neostream.ops.report.Span.plain;

import dev.neostream.clean.rule.Profile;
import dev.neostream.ops.UserError;
import dev.neostream.ops.account.CountBook;
import dev.neostream.ops.monitor.History;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.Start;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.trainer.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Writes {@code report.md}, the same as {@code report.html}, {@code loss.svg} and {@code
 * mixture.svg} for someone who was not there.
 */
public final class Report {

  private Report() {}

  /** Writes the report of a run and its pictures into its folder. */
  public static void write(
      RunFolder folder, RunSpec spec, Status status, History history, String sample) {
    List<StepReport> steps = history.steps();
    List<Block> blocks = new ArrayList<>();
    String title = "Report of run " + spec.name();
    blocks.add(new Block.Heading(1, title));
    blocks.add(summary(status, steps));
    blocks.add(new Block.Heading(2, "How it was run"));
    blocks.add(facts(spec, Start.all(folder), vocabulary(folder)));
    blocks.addAll(FunnelSection.of(status, history.rejects()));
    if (!steps.isEmpty()) {
      List<Segment> segments = Segment.of(steps, history.plans());
      folder.writeText(
          folder.root().resolve("loss.svg"), Charts.loss(steps, status.heldOut(), segments));
      folder.writeText(folder.root().resolve("mixture.svg"), Charts.mixture(steps, segments));
      blocks.addAll(training(status, steps));
      blocks.addAll(MixtureSection.of(spec, status, history, segments));
    }
    blocks.add(new Block.Heading(2, "What is left"));
    blocks.add(artefacts(folder, status));
    if (!sample.isEmpty()) {
      blocks.add(new Block.Heading(2, "A sample"));
      blocks.add(Block.Paragraph.of("Greedy continuations by the newest checkpoint:"));
      blocks.add(new Block.Verbatim(sample));
    }
    var page = new Page(blocks);
    folder.writeText(folder.report(), page.markdown());
    folder.writeText(folder.reportPage(), page.html(title));
  }

  private static Block summary(Status status, List<StepReport> steps) {
    List<Span> spans = new ArrayList<>();
    spans.add(plain("State: "));
    spans.add(Span.strong(status.state()));
    var text = new StringBuilder();
    if (!status.problem().isEmpty()) {
      text.append(" (").append(status.problem()).append(')');
    }
    CountBook.Counts tokenize = status.stages().get(Stage.TOKENIZE);
    text.append(". ")
        .append(count(status.ingest().read()))
        .append(" records were read, ")
        .append(count(status.ingest().written()))
        .append(" of them documents, and ")
        .append(count(tokenize.tokens()))
        .append(" tokens made of them");
    if (!steps.isEmpty()) {
      long tokens = status.training().tokensByDomain().values().stream().mapToLong(n -> n).sum();
      text.append("; a model was trained for ")
          .append(count(status.training().step() + 1))
          .append(" of ")
          .append(count(status.training().steps()))
          .append(" steps on ")
          .append(count(tokens))
          .append(" tokens");
    }
    spans.add(plain(text.append('.').toString()));
    return new Block.Paragraph(spans);
  }

  /**
   * Returns what a stranger asks first.
   *
   * @param starts of the run, in order; those of a run by an earlier version are not known
   * @param vocabulary ids of the tokenizer, if there is one yet
   */
  static Block facts(RunSpec spec, List<Start> starts, OptionalInt vocabulary) {
    var rows = new ArrayList<List<Span>>();
    if (!starts.isEmpty()) {
      Start last = starts.get(starts.size() - 1);
      Duration work = starts.stream().map(Start::length).reduce(Duration.ZERO, Duration::plus);
      rows.add(row(plain("command"), code(last.command())));
      rows.add(row("started", Numbers.time(starts.get(0).at())));
      rows.add(row("ended", Numbers.time(last.until())));
      rows.add(
          row(
              "at work",
              Numbers.duration(work)
                  + (starts.size() == 1 ? "" : ", in " + starts.size() + " starts")));
      rows.add(row("machine", last.machine()));
      rows.add(row("version", last.version() + ", Java " + last.java()));
    }
    rows.add(
        row(
            "cleaning profile",
            Profile.parse(spec.clean().profile(), "clean.profile").version()
                + " at the start; cleaner "
                + spec.cleaner()));
    vocabulary.ifPresent(
        ids -> {
          ModelConfig model = spec.model().config(ids, spec.tokenize().sequenceLength());
          rows.add(
              row(
                  "model",
                  count(model.parameterCount())
                      + " parameters: "
                      + model.nLayers()
                      + " layers, width "
                      + model.dModel()
                      + ", "
                      + model.nHeads()
                      + " heads, "
                      + model.nKvHeads()
                      + " of keys and values"));
          rows.add(row("tokenizer", count(ids) + " ids"));
        });
    rows.add(
        row(
            "a step",
            spec.mixture().rows()
                + " sequences of "
                + count(spec.tokenize().sequenceLength())
                + " tokens, by "
                + spec.train().ranks()
                + " ranks at first"));
    return new Block.Table(List.of("", ""), rows);
  }

  private static OptionalInt vocabulary(RunFolder folder) {
    if (!Files.exists(folder.tokenizer())) {
      return OptionalInt.empty();
    }
    try {
      return OptionalInt.of(TokenizerFile.read(folder.tokenizer()).vocabSize());
    } catch (IOException e) {
      throw new UserError("file must be readable: file=" + folder.tokenizer(), e);
    }
  }

  private static List<Block> training(Status status, List<StepReport> steps) {
    StepReport first = steps.get(0);
    StepReport last = steps.get(steps.size() - 1);
    double seconds = steps.stream().mapToDouble(StepReport::getStepSeconds).sum();
    double sync = steps.stream().mapToDouble(StepReport::getSyncSeconds).sum();
    long tokens = steps.stream().mapToLong(StepReport::getTokens).sum();
    var rows = new ArrayList<List<Span>>();
    rows.add(row("loss, first step", format("%.3f nats a token", first.getLoss())));
    rows.add(row("loss, last step", format("%.3f nats a token", last.getLoss())));
    heldOut(rows, new TreeMap<>(status.heldOut()));
    heldOutSet(rows, status.heldOutSet());
    rows.add(row("time in steps", Numbers.duration(Duration.ofMillis(Math.round(1e3 * seconds)))));
    rows.add(row("tokens a second, mean over all steps", format("%.0f", tokens / seconds)));
    rows.add(row("share of time in the all-reduce", percent(sync / seconds)));
    rows.add(
        row(plain("parameter hash, equal on every rank"), code(status.training().parameterHash())));
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Heading(2, "Training"));
    blocks.add(new Block.Picture("loss.svg", "loss by step"));
    blocks.add(new Block.Table(List.of("", ""), rows));
    if (!status.heldOutByDomain().isEmpty()) {
      blocks.add(
          new Block.Table(
              List.of("domain", "newest held-out loss>"),
              new TreeMap<>(status.heldOutByDomain())
                  .entrySet().stream()
                      .map(domain -> row(domain.getKey(), format("%.3f", domain.getValue())))
                      .toList()));
    }
    evaluations(blocks, status);
    return blocks;
  }

  private static void evaluations(List<Block> blocks, Status status) {
    if (status.evaluations().isEmpty()) {
      return;
    }
    blocks.add(new Block.Heading(3, "Evaluation"));
    blocks.add(
        new Block.Table(
            List.of("task", "metric", "questions", "after step>", "score>", "chance>", "of>"),
            status.evaluations().stream()
                .map(
                    score ->
                        row(
                            score.task(),
                            score.metric(),
                            score.group(),
                            count(score.step()),
                            Double.isFinite(score.standardError())
                                ? format("%.4f ± %.4f", score.value(), score.standardError())
                                : format("%.4f", score.value()),
                            format("%.4f", score.chance()),
                            count(score.count())))
                .toList()));
  }

  /** Adds the first, the lowest and the last; the picture shows the others. */
  private static void heldOut(List<List<Span>> rows, TreeMap<Long, Double> losses) {
    if (losses.isEmpty()) {
      return;
    }
    Map.Entry<Long, Double> lowest =
        losses.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow();
    rows.add(heldOut("first", losses.firstEntry()));
    rows.add(heldOut("lowest", lowest));
    rows.add(heldOut("last", losses.lastEntry()));
  }

  private static List<Span> heldOut(String which, Map.Entry<Long, Double> loss) {
    return row(
        "held-out loss, " + which,
        format("%.3f nats a token, after step %,d", loss.getValue(), loss.getKey()));
  }

  private static void heldOutSet(List<List<Span>> rows, Status.HeldOutSet set) {
    if (set.version() == 0) {
      return;
    }
    rows.add(
        row(
            "held-out tokens",
            format("%,d in %,d blocks", set.tokens(), set.blocks())
                + (set.withdrawn() == 0
                    ? ""
                    : format(
                        "; since step %,d without %,d blocks of documents taken down",
                        set.fromStep(), set.withdrawn()))));
  }

  private static Block artefacts(RunFolder folder, Status status) {
    List<List<Span>> items = new ArrayList<>();
    if (status.checkpointStep() >= 0) {
      items.add(
          List.of(
              plain("Checkpoint of step " + status.checkpointStep() + ": "),
              there(folder, folder.root().resolve(status.checkpointPath())),
              plain(" ("),
              code("model.safetensors"),
              plain(" with Hugging Face Llama names, "),
              code("config.json"),
              plain(", "),
              code("optimizer.safetensors"),
              plain(", "),
              code("manifest.json"),
              plain(" with a digest of each)")));
    }
    items.add(List.of(plain("Tokenizer: "), there(folder, folder.tokenizer())));
    items.add(
        List.of(
            plain("Every step: "),
            there(folder, folder.metricsLines()),
            plain(", for TensorBoard "),
            there(folder, folder.eventFiles())));
    items.add(
        List.of(
            plain("Configuration: "),
            there(folder, folder.root().resolve("config.resolved.yaml"))));
    items.add(List.of(plain("Last state: "), there(folder, folder.status())));
    items.add(List.of(plain("Logs: "), there(folder, folder.logs())));
    items.add(
        List.of(plain("Topics, with every document and token: "), there(folder, folder.kafka())));
    return new Block.Items(items);
  }

  /** Returns a link to a file of the run if it is there, else its name. */
  private static Span there(RunFolder folder, Path file) {
    String path = folder.root().relativize(file).toString();
    return Files.exists(file) ? new Span.Link(path) : code(path);
  }
}
