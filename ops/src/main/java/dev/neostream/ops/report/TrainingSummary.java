package dev.neostream.ops.report;

import static dev.neostream.ops.report.Block.row;
import static dev.neostream.ops.report.Numbers.count;

import dev.neostream.ops.account.Funnel;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A draft of the public summary of training content that Article 53(1)(d) of the EU's AI Act asks
 * of those who place general-purpose models on the market, by the sections of the Commission's
 * template (24 July 2025; C(2025) 8311). What a run knows is filled in; what only its provider
 * knows stands in brackets.
 */
public final class TrainingSummary {

  private static final long BILLION = 1_000_000_000L;

  /** Share of the web domains, by size of their content, that the template asks for. */
  private static final double LISTED = .1;

  private TrainingSummary() {}

  /** Returns the draft as Markdown. */
  public static String of(RunSpec spec, Status status, SourceAccount account) {
    var blocks = new ArrayList<Block>();
    blocks.add(new Block.Heading(1, "Public summary of training content"));
    blocks.add(
        Block.Paragraph.of(
            "Draft by the sections of the European Commission's template, made from run %s as of %s. Words in brackets are for the provider to replace."
                .formatted(spec.name(), Numbers.time(status.updatedAt()))));
    general(blocks, spec, status, account);
    sources(blocks, account);
    processing(blocks, status);
    return new Page(blocks).markdown();
  }

  private static void general(
      List<Block> blocks, RunSpec spec, Status status, SourceAccount account) {
    long tokens = status.training().tokensByDomain().values().stream().mapToLong(n -> n).sum();
    blocks.add(new Block.Heading(2, "1. General information"));
    blocks.add(
        new Block.Table(
            List.of("", ""),
            List.of(
                row("provider", "[name and contact; authorised representative]"),
                row("model", "[versioned name], run " + spec.name()),
                row("depends on", "no other model: trained from random values"),
                row("placed on the Union's market", "[date]"),
                row("modalities", "text"),
                row("size of the text", range(tokens) + " (" + count(tokens) + " trained on)"),
                row(
                    "types of content",
                    new TreeMap<>(status.training().tokensByDomain())
                        .keySet().stream().collect(Collectors.joining(", "))),
                row(
                    "latest date of acquisition",
                    account.lastCrawledAt() == 0
                        ? "[date; the records state none]"
                        : date(account.lastCrawledAt())),
                row(
                    "languages",
                    status.funnel().kept().stream()
                        .map(Funnel.Kept::language)
                        .filter(language -> language.matches("[a-z]{2,3}"))
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(", "))))));
  }

  /** The template's three ranges. */
  static String range(long tokens) {
    if (tokens < BILLION) {
      return "less than 1 billion tokens";
    }
    return tokens <= 10_000 * BILLION
        ? "1 billion to 10 trillion tokens"
        : "more than 10 trillion tokens";
  }

  private static void sources(List<Block> blocks, SourceAccount account) {
    blocks.add(new Block.Heading(2, "2. List of data sources"));
    blocks.add(
        Block.Paragraph.of(
            "[Which of these are publicly available datasets (2.1), private ones of third parties (2.2), crawled (2.3), of users (2.4) or synthetic (2.5).]"));
    blocks.add(
        new Block.Table(
            List.of("source", "documents>", "MB>", "kept>"),
            account.sources().stream()
                .map(
                    source ->
                        row(
                            source.name(),
                            count(source.totals().documents()),
                            DataCard.megabytes(source.totals().bytes()),
                            count(source.totals().kept())))
                .toList()));
    List<SourceAccount.Row> domains = account.webDomains();
    blocks.add(new Block.Heading(3, "2.3 Data crawled and scraped from online sources"));
    if (domains.isEmpty()) {
      blocks.add(Block.Paragraph.of("None."));
      return;
    }
    blocks.add(
        Block.Paragraph.of(
            "[Names of the crawlers, their purposes and behaviour.] Fetched from %s to %s."
                .formatted(date(account.firstCrawledAt()), date(account.lastCrawledAt()))));
    int listed = (int) Math.ceil(LISTED * domains.size());
    blocks.add(
        Block.Paragraph.of(
            "The top 10 %% of the web domains by the size of what was read, %s of %s:"
                .formatted(count(listed), count(domains.size()))));
    blocks.add(
        new Block.Table(
            List.of("web domain", "documents>", "MB>"),
            domains.subList(0, listed).stream()
                .map(
                    domain ->
                        row(
                            domain.name(),
                            count(domain.totals().documents()),
                            DataCard.megabytes(domain.totals().bytes())))
                .toList()));
  }

  private static void processing(List<Block> blocks, Status status) {
    blocks.add(new Block.Heading(2, "3. Data processing aspects"));
    blocks.add(new Block.Heading(3, "3.1 Reservation of rights"));
    blocks.add(
        Block.Paragraph.of(
            "[How reservations of rights were found and respected.] Documents can be taken down by address, web domain, id or licence while the run goes on."));
    blocks.add(new Block.Heading(3, "3.2 Removal of illegal content"));
    blocks.add(
        Block.Paragraph.of(
            "[Measures of the provider.] Rules rejected %s documents; the data card names each rule with its threshold."
                .formatted(
                    count(
                        status.funnel().rejected().stream()
                            .mapToLong(Funnel.Rejects::documents)
                            .sum()))));
    blocks.add(new Block.Heading(3, "3.3 Other information"));
    blocks.add(Block.Paragraph.of("[Optional.]"));
  }

  private static String date(long milliseconds) {
    return milliseconds == 0
        ? "[date]"
        : Instant.ofEpochMilli(milliseconds).atZone(ZoneOffset.UTC).toLocalDate().toString();
  }
}
