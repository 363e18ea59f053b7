package dev.neostream.ops.report;

import static dev.neostream.ops.report.Block.row;
import static dev.neostream.ops.report.Numbers.count;
import static dev.neostream.ops.report.Numbers.percent;
import static dev.neostream.ops.report.Span.code;
import static dev.neostream.ops.report.Span.plain;

import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What a run's data is, for whoever may use the model or must answer for it: where documents come
 * from, what became of them under which rules, and what the model was trained on.
 */
public final class DataCard {

  /** Web domains that are listed; the others are summed up. */
  private static final int MOST_WEB_DOMAINS = 100;

  private DataCard() {}

  /**
   * Returns the card as Markdown.
   *
   * @param decisions about plans, in order
   */
  public static String of(
      RunSpec spec, Status status, SourceAccount account, List<MixtureDecision> decisions) {
    var blocks = new ArrayList<Block>();
    blocks.add(new Block.Heading(1, "Data of run " + spec.name()));
    SourceAccount.Totals all = account.all();
    blocks.add(
        Block.Paragraph.of(
            "As of %s, state %s: %s documents, %s MB as they were read, of %s sources; %s of them kept, %s tokens made of those."
                .formatted(
                    Numbers.time(status.updatedAt()),
                    status.state(),
                    count(all.documents()),
                    megabytes(all.bytes()),
                    count(account.sources().size()),
                    count(all.kept()),
                    count(tokens(status)))));
    blocks.add(new Block.Heading(2, "Sources"));
    blocks.add(table("source", account.sources()));
    blocks.add(new Block.Heading(2, "Licences"));
    blocks.add(Block.Paragraph.of("As the records themselves state them."));
    blocks.add(sizes("licence", account.licences()));
    blocks.add(new Block.Heading(2, "Media types"));
    blocks.add(sizes("media type", account.mediaTypes()));
    blocks.add(new Block.Heading(2, "Web domains"));
    webDomains(blocks, account.webDomains());
    blocks.addAll(FunnelSection.of(status, List.of()));
    duplicates(blocks, status);
    training(blocks, status, decisions);
    blocks.add(new Block.Heading(2, "Rules"));
    blocks.add(Block.Paragraph.of("The cleaning profile at the start, thresholds included:"));
    blocks.add(new Block.Verbatim(spec.clean().profile()));
    return new Page(blocks).markdown();
  }

  private static Block table(String origin, List<SourceAccount.Row> rows) {
    return new Block.Table(
        List.of(origin, "documents>", "MB>", "unreadable>", "rejected>", "duplicates>", "kept>"),
        rows.stream()
            .map(
                row ->
                    row(
                        code(row.name()),
                        plain(count(row.totals().documents())),
                        plain(megabytes(row.totals().bytes())),
                        plain(count(row.totals().unreadable())),
                        plain(count(row.totals().rejected())),
                        plain(count(row.totals().duplicates())),
                        plain(count(row.totals().kept()))))
            .toList());
  }

  private static Block sizes(String name, List<SourceAccount.Row> rows) {
    return new Block.Table(
        List.of(name, "documents>", "MB>"),
        rows.stream()
            .map(
                row ->
                    row(
                        row.name(),
                        count(row.totals().documents()),
                        megabytes(row.totals().bytes())))
            .toList());
  }

  private static void webDomains(List<Block> blocks, List<SourceAccount.Row> domains) {
    if (domains.isEmpty()) {
      blocks.add(Block.Paragraph.of("No document comes from the web."));
      return;
    }
    int listed = Math.min(domains.size(), MOST_WEB_DOMAINS);
    blocks.add(
        Block.Paragraph.of(
            "The %s with the most bytes, of %s.".formatted(count(listed), count(domains.size()))));
    blocks.add(table("web domain", domains.subList(0, listed)));
  }

  private static void duplicates(List<Block> blocks, Status status) {
    blocks.add(new Block.Heading(3, "Duplicates, by rule"));
    blocks.add(
        new Block.Table(
            List.of("rule", "documents>"),
            status.duplicates().entrySet().stream()
                .map(rule -> row(rule.getKey(), count(rule.getValue())))
                .toList()));
  }

  private static void training(List<Block> blocks, Status status, List<MixtureDecision> decisions) {
    blocks.add(new Block.Heading(2, "Trained on"));
    var tokens = new TreeMap<>(status.training().tokensByDomain());
    long all = Math.max(1, tokens.values().stream().mapToLong(Long::longValue).sum());
    blocks.add(
        new Block.Table(
            List.of("domain", "tokens>", "share>"),
            tokens.entrySet().stream()
                .map(
                    domain ->
                        row(
                            domain.getKey(),
                            count(domain.getValue()),
                            percent((double) domain.getValue() / all)))
                .toList()));
    blocks.add(
        new Block.Table(
            List.of("plan>", "from step>", "by", "because"),
            decisions.stream()
                .filter(d -> d.getChange() == MixtureChange.PLAN && d.getAccepted())
                .map(
                    d ->
                        row(
                            Integer.toString(d.getVersion()),
                            count(d.getFromStep()),
                            d.getAuthor(),
                            d.getReason()))
                .toList()));
    if (status.checkpointStep() >= 0) {
      blocks.add(
          Block.Paragraph.of(
              plain(
                  "Newest checkpoint: step %s; parameter hash of the last step "
                      .formatted(count(status.checkpointStep()))),
              code(status.training().parameterHash()),
              plain(".")));
    }
  }

  private static long tokens(Status status) {
    return status.stages().get(Stage.TOKENIZE).tokens();
  }

  static String megabytes(long bytes) {
    return Numbers.format("%,.1f", bytes / 1e6);
  }
}
