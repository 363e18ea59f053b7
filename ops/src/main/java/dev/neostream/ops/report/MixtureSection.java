package dev.neostream.ops.report;

import static dev.neostream.ops.report.Block.row;
import static dev.neostream.ops.report.Numbers.count;
import static dev.neostream.ops.report.Numbers.format;
import static dev.neostream.ops.report.Numbers.percent;

import dev.neostream.ops.monitor.History;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** What was asked of each domain and what it gave. */
final class MixtureSection {

  private MixtureSection() {}

  static List<Block> of(RunSpec spec, Status status, History history, List<Segment> segments) {
    var blocks = new ArrayList<Block>();
    blocks.add(new Block.Heading(2, "Mixture"));
    blocks.add(new Block.Picture("mixture.svg", "share of each domain by step"));
    blocks.add(
        Block.Paragraph.of(
            "Share of the rows that each plan asked, and what came; what is asked of a domain"
                + " without tokens the others give:"));
    blocks.add(segments(segments));
    blocks.add(
        Block.Paragraph.of(
            "Account of the plan in force, since step "
                + status.mixture().fromStep()
                + " (rows; asked and delivered differ by less than one):"));
    blocks.add(account(status.mixture()));
    blocks.add(new Block.Heading(3, "How often each domain was read"));
    blocks.add(epochs(spec, status, history));
    blocks.add(new Block.Heading(3, "Plans"));
    blocks.add(plans(history));
    silences(blocks, history);
    return blocks;
  }

  private static Block segments(List<Segment> segments) {
    var rows = new ArrayList<List<Span>>();
    for (Segment segment : segments) {
      var domains = new TreeSet<>(segment.asked().keySet());
      domains.addAll(segment.delivered().keySet());
      for (String domain : domains) {
        rows.add(
            row(
                Integer.toString(segment.plan()),
                segment.phase(),
                count(segment.from()) + " to " + count(segment.to()),
                domain,
                percent(segment.asked().getOrDefault(domain, 0.0)),
                percent(segment.delivered().getOrDefault(domain, 0.0))));
      }
    }
    return new Block.Table(
        List.of("plan>", "phase", "steps", "domain", "asked>", "delivered>"), rows);
  }

  private static Block account(Status.Mixture mixture) {
    return new Block.Table(
        List.of("domain", "weight>", "asked>", "delivered>"),
        mixture.weights().keySet().stream()
            .sorted()
            .map(
                domain ->
                    row(
                        domain,
                        format("%.3f", mixture.weights().get(domain)),
                        format("%.2f", mixture.asked().getOrDefault(domain, 0.0)),
                        count(mixture.delivered().getOrDefault(domain, 0L))))
            .toList());
  }

  private static Block epochs(RunSpec spec, Status status, History history) {
    var rows = new ArrayList<List<Span>>();
    for (String domain : new TreeSet<>(spec.mixture().domains())) {
      long available = status.blocks().getOrDefault(domain, 0L) * spec.tokenize().sequenceLength();
      long trained = status.training().tokensByDomain().getOrDefault(domain, 0L);
      long repeats =
          history.silences().stream()
              .filter(decision -> decision.getChange() == MixtureChange.REPEAT)
              .filter(decision -> decision.getDomain().equals(domain))
              .count();
      rows.add(
          row(
              domain,
              count(available),
              count(trained),
              available == 0 ? "" : format("%.2f", (double) trained / available),
              count(repeats)));
    }
    return new Block.Table(
        List.of(
            "domain",
            "tokens available>",
            "tokens trained on>",
            "times read>",
            "again, while silent>"),
        rows);
  }

  private static Block plans(History history) {
    return new Block.Table(
        List.of("plan>", "from step>", "phase", "who", "why"),
        history.changes().stream()
            .map(
                change ->
                    row(
                        Integer.toString(change.version()),
                        change.accepted()
                            ? Long.toString(change.fromStep())
                            : "refused: " + change.problem(),
                        phaseAt(history.steps(), change.fromStep()),
                        change.author(),
                        change.reason()))
            .toList());
  }

  private static String phaseAt(List<StepReport> steps, long step) {
    return step >= 0 && step < steps.size() ? steps.get((int) step).getPhase() : "";
  }

  private static void silences(List<Block> blocks, History history) {
    if (history.silences().isEmpty()) {
      return;
    }
    blocks.add(new Block.Heading(3, "Domains that fell silent"));
    blocks.add(
        new Block.Table(
            List.of("from step>", "domain", "what", "why"),
            history.silences().stream()
                .map(
                    decision ->
                        row(
                            Long.toString(decision.getFromStep()),
                            decision.getDomain(),
                            decision.getChange().name().toLowerCase(Locale.ROOT),
                            decision.getReason()))
                .toList()));
  }
}
