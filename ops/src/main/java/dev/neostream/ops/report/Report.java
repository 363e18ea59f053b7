package dev.neostream.ops.report;

import dev.neostream.ops.Printable;
import dev.neostream.ops.account.CountBook;
import dev.neostream.ops.account.Funnel;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.Supervisor;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.StepReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes {@code report.md}, {@code loss.svg} and {@code mixture.svg} for someone who was not there.
 */
public final class Report {

  private static final int MIXTURE_WINDOW = 10;

  private Report() {}

  /** Writes the report of a run and its pictures into its folder. */
  public static void write(RunFolder folder, RunSpec spec, Supervisor.Ended ended) {
    Status status = ended.status();
    List<StepReport> steps = ended.steps();
    boolean trained = !steps.isEmpty();
    if (trained) {
      folder.writeText(folder.root().resolve("loss.svg"), lossChart(status, steps).svg());
      folder.writeText(folder.root().resolve("mixture.svg"), mixtureChart(spec, steps).svg());
    }
    var out = new StringBuilder();
    out.append("# Report of run `").append(spec.name()).append("`\n\n");
    summary(out, status, steps);
    funnel(out, status);
    if (trained) {
      training(out, status, steps);
      mixture(out, status, steps, ended.changes());
    }
    artefacts(out, folder, status, ended.sample());
    folder.writeText(folder.report(), out.toString());
  }

  private static void summary(StringBuilder out, Status status, List<StepReport> steps) {
    long documents = status.ingest().written();
    out.append("State: **").append(status.state()).append("**");
    if (!status.problem().isEmpty()) {
      out.append(" (").append(Printable.markdown(status.problem())).append(')');
    }
    out.append(". ");
    out.append(count(status.ingest().read()))
        .append(" records were read, ")
        .append(count(documents))
        .append(" of them documents, and ");
    CountBook.Counts tokenize = status.stages().get(Stage.TOKENIZE);
    out.append(count(tokenize.tokens())).append(" tokens made of them");
    if (!steps.isEmpty()) {
      long tokens = status.training().tokensByDomain().values().stream().mapToLong(n -> n).sum();
      out.append("; a model was trained for ")
          .append(count(status.training().step() + 1))
          .append(" of ")
          .append(count(status.training().steps()))
          .append(" steps on ")
          .append(count(tokens))
          .append(" tokens");
    }
    out.append(".\n\n");
  }

  /** Adds where every document went. */
  static void funnel(StringBuilder out, Status status) {
    Status.Ingest ingest = status.ingest();
    CountBook.Counts clean = status.stages().get(Stage.CLEAN);
    CountBook.Counts dedup = status.stages().get(Stage.DEDUP);
    CountBook.Counts tokenize = status.stages().get(Stage.TOKENIZE);
    long rejectedByDedup = 0;
    long heldByDedup = 0;
    for (var stage : status.stages().entrySet()) {
      if (stage.getKey() != Stage.CLEAN && stage.getKey() != Stage.TOKENIZE) {
        rejectedByDedup += stage.getValue().rejected();
        heldByDedup += stage.getValue().held();
      }
    }
    long pending = ingest.written() - clean.read();
    out.append("## Funnel\n\nEvery record read is in exactly one of the lower rows.\n\n");
    out.append("| | documents | of read |\n|---|---:|---:|\n");
    row(out, "read", ingest.read(), ingest.read());
    row(out, "rejected while reading", ingest.rejected(), ingest.read());
    row(out, "rejected by cleaning", clean.rejected(), ingest.read());
    if (rejectedByDedup > 0) {
      row(out, "rejected: passages cut, too little left", rejectedByDedup, ingest.read());
    }
    row(out, "rejected by tokenizing", tokenize.rejected(), ingest.read());
    row(out, "duplicates", dedup.duplicates(), ingest.read());
    row(out, "in token blocks, complete", tokenize.emitted(), ingest.read());
    row(out, "held: last tokens wait for their block to fill", tokenize.held(), ingest.read());
    row(out, "not yet decided", pending + clean.held() + heldByDedup, ingest.read());
    long sum =
        ingest.rejected()
            + clean.rejected()
            + rejectedByDedup
            + dedup.duplicates()
            + tokenize.emitted()
            + tokenize.rejected()
            + tokenize.held()
            + pending
            + clean.held()
            + heldByDedup;
    out.append("| **sum** | **").append(count(sum)).append("** | ");
    out.append(sum == ingest.read() ? "adds up" : "**DOES NOT ADD UP**").append(" |\n\n");
    rules(out, status);
    out.append("### Token blocks\n\n| domain | blocks |\n|---|---:|\n");
    status
        .blocks()
        .forEach(
            (domain, blocks) ->
                out.append("| ")
                    .append(Printable.markdown(domain))
                    .append(" | ")
                    .append(count(blocks))
                    .append(" |\n"));
    out.append('\n');
  }

  /** One row a rule, one column a language and domain: the funnel of every kind of page. */
  private static void rules(StringBuilder out, Status status) {
    Set<String> groups = new TreeSet<>();
    Map<String, Map<String, Long>> byRule = new TreeMap<>();
    Map<String, Long> kept = new TreeMap<>();
    for (Funnel.Kept group : status.funnel().kept()) {
      String column = column(group.language(), group.domain());
      groups.add(column);
      kept.merge(column, group.documents(), Long::sum);
    }
    for (Funnel.Rejects group : status.funnel().rejected()) {
      String column = column(group.language(), group.domain());
      groups.add(column);
      byRule
          .computeIfAbsent(
              group.stage() + " | " + Printable.markdownCode(group.reason()),
              key -> new TreeMap<>())
          .merge(column, group.documents(), Long::sum);
    }
    if (groups.isEmpty()) {
      return;
    }
    out.append("### Kept and rejected, by rule\n\n| stage | rule |");
    groups.forEach(group -> out.append(' ').append(Printable.markdown(group)).append(" |"));
    out.append(" all |\n|---|---|").append("---:|".repeat(groups.size() + 1)).append('\n');
    byRule.entrySet().stream()
        .sorted(Comparator.comparingLong(rule -> -sum(rule.getValue())))
        .forEach(rule -> cells(out.append("| ").append(rule.getKey()), groups, rule.getValue()));
    cells(out.append("| clean | **kept**"), groups, kept);
    out.append('\n');
    if (!status.shadow().isEmpty()) {
      out.append("What the shadow profile would have decided otherwise:\n\n");
      out.append("| profile | verdict | rule | language | documents |\n|---|---|---|---|---:|\n");
      for (Status.ShadowCount group : status.shadow()) {
        out.append("| ")
            .append(Printable.markdown(group.shadow()))
            .append(group.keptByShadow() ? " | keep | " : " | reject | ")
            .append(Printable.markdownCode(group.reason()))
            .append(" | ")
            .append(Printable.markdown(group.language()))
            .append(" | ")
            .append(count(group.documents()))
            .append(" |\n");
      }
      out.append('\n');
    }
  }

  /** Pages of the many languages without rules share a column. */
  private static String column(String language, String domain) {
    if (domain.isEmpty()) {
      return "not known";
    }
    return domain.startsWith("en.") || domain.startsWith("zh.") || !domain.endsWith(".web")
        ? domain
        : "other languages";
  }

  private static void cells(StringBuilder out, Set<String> groups, Map<String, Long> counts) {
    out.append(" |");
    for (String group : groups) {
      long n = counts.getOrDefault(group, 0L);
      out.append(' ').append(n == 0 ? "" : count(n)).append(" |");
    }
    out.append(' ').append(count(sum(counts))).append(" |\n");
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static void row(StringBuilder out, String name, long documents, long read) {
    out.append("| ").append(name).append(" | ").append(count(documents)).append(" | ");
    out.append(read == 0 ? "" : format("%.1f %%", 100.0 * documents / read)).append(" |\n");
  }

  private static void training(StringBuilder out, Status status, List<StepReport> steps) {
    StepReport first = steps.get(0);
    StepReport last = steps.get(steps.size() - 1);
    out.append("## Training\n\n![loss](loss.svg)\n\n| | |\n|---|---|\n");
    line(out, "loss, first step", format("%.3f nats a token", first.getLoss()));
    line(out, "loss, last step", format("%.3f nats a token", last.getLoss()));
    status
        .heldOut()
        .forEach(
            (step, loss) -> line(out, "held-out loss after step " + step, format("%.3f", loss)));
    double seconds = steps.stream().mapToDouble(StepReport::getStepSeconds).sum();
    double sync = steps.stream().mapToDouble(StepReport::getSyncSeconds).sum();
    long tokens = steps.stream().mapToLong(StepReport::getTokens).sum();
    line(out, "tokens a second, mean over all steps", format("%.0f", tokens / seconds));
    line(out, "share of time in the all-reduce", format("%.1f %%", 100 * sync / seconds));
    line(out, "parameter hash, equal on every rank", status.training().parameterHash());
    out.append('\n');
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append("| ").append(name).append(" | ").append(value).append(" |\n");
  }

  private static void mixture(
      StringBuilder out, Status status, List<StepReport> steps, List<Status.Change> changes) {
    out.append("## Mixture\n\n![mixture](mixture.svg)\n\n");
    out.append("Account of the plan in force, since step ")
        .append(status.mixture().fromStep())
        .append(" (rows; asked and delivered differ by less than one):\n\n");
    out.append(
        "| domain | weight | asked | delivered | tokens in the run |\n|---|---:|---:|---:|---:|\n");
    status
        .mixture()
        .weights()
        .forEach(
            (domain, weight) ->
                out.append("| ")
                    .append(Printable.markdown(domain))
                    .append(format(" | %.3f", weight))
                    .append(format(" | %.2f", status.mixture().asked().getOrDefault(domain, 0.0)))
                    .append(" | ")
                    .append(status.mixture().delivered().getOrDefault(domain, 0L))
                    .append(" | ")
                    .append(count(status.training().tokensByDomain().getOrDefault(domain, 0L)))
                    .append(" |\n"));
    out.append("\n| plan | from step | phase | who | why |\n|---:|---:|---|---|---|\n");
    for (Status.Change change : changes) {
      out.append("| ")
          .append(change.version())
          .append(" | ")
          .append(
              change.accepted()
                  ? change.fromStep()
                  : "refused: " + Printable.markdown(change.problem()))
          .append(" | ")
          .append(Printable.markdown(phaseAt(steps, change.fromStep())))
          .append(" | ")
          .append(Printable.markdown(change.author()))
          .append(" | ")
          .append(Printable.markdown(change.reason()))
          .append(" |\n");
    }
    out.append('\n');
  }

  private static String phaseAt(List<StepReport> steps, long step) {
    return step >= 0 && step < steps.size() ? steps.get((int) step).getPhase() : "";
  }

  private static void artefacts(StringBuilder out, RunFolder folder, Status status, String sample) {
    out.append("## What is left\n\n");
    if (status.checkpointStep() >= 0) {
      out.append("- Checkpoint of step ")
          .append(status.checkpointStep())
          .append(": `")
          .append(status.checkpointPath())
          .append("` (`model.safetensors` with Hugging Face Llama names, `config.json`,")
          .append(" `optimizer.safetensors`, `manifest.json` with a digest of each)\n");
    }
    out.append("- Tokenizer: `").append(folder.root().relativize(folder.tokenizer())).append("`\n");
    out.append("- Every step: `metrics.jsonl`; configuration: `config.resolved.yaml`\n");
    out.append("- Topics, with every document and token: `kafka/`\n");
    if (!sample.isEmpty()) {
      out.append("\n## A sample\n\nGreedy continuations by the newest checkpoint:\n\n```text\n")
          .append(Printable.of(sample).replace("```", "'''"))
          .append("\n```\n");
    }
  }

  private static SvgChart lossChart(Status status, List<StepReport> steps) {
    var chart = new SvgChart("Loss", "step", "nats a token");
    bands(steps).forEach(chart::add);
    chart.add(
        new SvgChart.Series(
            "training",
            steps.stream().mapToDouble(StepReport::getStep).toArray(),
            steps.stream().mapToDouble(StepReport::getLoss).toArray(),
            false,
            false));
    chart.add(
        new SvgChart.Series(
            "held-out",
            status.heldOut().keySet().stream().mapToDouble(step -> step).toArray(),
            status.heldOut().values().stream().mapToDouble(loss -> loss).toArray(),
            false,
            true));
    return chart;
  }

  private static List<SvgChart.Band> bands(List<StepReport> steps) {
    var bands = new ArrayList<SvgChart.Band>();
    int from = 0;
    for (int i = 1; i <= steps.size(); i++) {
      if (i == steps.size() || !steps.get(i).getPhase().equals(steps.get(from).getPhase())) {
        bands.add(
            new SvgChart.Band(
                steps.get(from).getPhase(),
                steps.get(from).getStep(),
                i == steps.size() ? steps.get(i - 1).getStep() : steps.get(i).getStep()));
        from = i;
      }
    }
    return bands;
  }

  private static SvgChart mixtureChart(RunSpec spec, List<StepReport> steps) {
    var chart =
        new SvgChart(
                "Delivered mixture, mean over " + MIXTURE_WINDOW + " steps",
                "step",
                "share of rows")
            .reaching(0, 1);
    bands(steps).forEach(chart::add);
    Map<String, double[]> shares = new TreeMap<>();
    int windows = (steps.size() + MIXTURE_WINDOW - 1) / MIXTURE_WINDOW;
    double[] x = new double[windows];
    for (String domain : spec.mixture().domains()) {
      shares.put(domain, new double[windows]);
    }
    for (int w = 0; w < windows; w++) {
      var rows = new LinkedHashMap<String, Integer>();
      int all = 0;
      int end = Math.min(steps.size(), (w + 1) * MIXTURE_WINDOW);
      for (StepReport step : steps.subList(w * MIXTURE_WINDOW, end)) {
        for (DomainLoss domain : step.getDomains()) {
          rows.merge(domain.getDomain(), domain.getRows(), Integer::sum);
          all += domain.getRows();
        }
      }
      x[w] = steps.get(w * MIXTURE_WINDOW).getStep() + MIXTURE_WINDOW / 2.0;
      for (var entry : shares.entrySet()) {
        entry.getValue()[w] = rows.getOrDefault(entry.getKey(), 0) / (double) all;
      }
    }
    shares.forEach((domain, y) -> chart.add(new SvgChart.Series(domain, x, y, false, false)));
    return chart;
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
