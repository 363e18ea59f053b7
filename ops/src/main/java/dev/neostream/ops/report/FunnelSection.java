package dev.neostream.ops.report;

import static dev.neostream.ops.report.Block.row;
import static dev.neostream.ops.report.Numbers.count;
import static dev.neostream.ops.report.Numbers.percent;
import static dev.neostream.ops.report.Span.code;
import static dev.neostream.ops.report.Span.plain;
import static dev.neostream.ops.report.Span.strong;

import dev.neostream.ops.account.CountBook;
import dev.neostream.ops.account.Funnel;
import dev.neostream.ops.account.RejectExamples;
import dev.neostream.ops.monitor.Status;
import dev.neostream.schemas.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Where every document went. */
final class FunnelSection {

  private record Rule(Stage stage, String reason) {}

  private FunnelSection() {}

  static List<Block> of(Status status, List<RejectExamples.Example> examples) {
    var blocks = new ArrayList<Block>();
    blocks.add(new Block.Heading(2, "Funnel"));
    blocks.add(Block.Paragraph.of("Every record read is in exactly one of the lower rows."));
    blocks.add(funnel(status));
    rules(blocks, status);
    examples(blocks, examples);
    blocks.add(new Block.Heading(3, "Token blocks"));
    blocks.add(
        new Block.Table(
            List.of("domain", "blocks>"),
            status.blocks().entrySet().stream()
                .map(domain -> row(domain.getKey(), count(domain.getValue())))
                .toList()));
    return blocks;
  }

  private static Block funnel(Status status) {
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
    long read = ingest.read();
    var rows = new ArrayList<List<Span>>();
    rows.add(part("read", read, read));
    rows.add(part("rejected while reading", ingest.rejected(), read));
    rows.add(part("rejected by cleaning", clean.rejected(), read));
    if (rejectedByDedup > 0) {
      rows.add(part("rejected: passages cut, too little left", rejectedByDedup, read));
    }
    rows.add(part("rejected by tokenizing", tokenize.rejected(), read));
    rows.add(part("duplicates", dedup.duplicates(), read));
    rows.add(part("in token blocks, complete", tokenize.emitted(), read));
    rows.add(part("held: last tokens wait for their block to fill", tokenize.held(), read));
    rows.add(part("not yet decided", pending + clean.held() + heldByDedup, read));
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
    rows.add(
        row(
            strong("sum"),
            strong(count(sum)),
            sum == read ? plain("adds up") : strong("DOES NOT ADD UP")));
    return new Block.Table(List.of("", "documents>", "of read>"), rows);
  }

  private static List<Span> part(String name, long documents, long read) {
    return row(name, count(documents), read == 0 ? "" : percent((double) documents / read));
  }

  /** One row a rule, one column a language and domain: the funnel of every kind of page. */
  private static void rules(List<Block> blocks, Status status) {
    Set<String> groups = new TreeSet<>();
    Map<Rule, Map<String, Long>> byRule =
        new TreeMap<>(Comparator.comparing(Rule::stage).thenComparing(Rule::reason));
    Map<String, Long> kept = new TreeMap<>();
    for (Funnel.Kept group : status.funnel().kept()) {
      String column = column(group.domain());
      groups.add(column);
      kept.merge(column, group.documents(), Long::sum);
    }
    for (Funnel.Rejects group : status.funnel().rejected()) {
      String column = column(group.domain());
      groups.add(column);
      byRule
          .computeIfAbsent(new Rule(group.stage(), group.reason()), key -> new TreeMap<>())
          .merge(column, group.documents(), Long::sum);
    }
    if (groups.isEmpty()) {
      return;
    }
    var rows = new ArrayList<List<Span>>();
    byRule.entrySet().stream()
        .sorted(Comparator.comparingLong(rule -> -sum(rule.getValue())))
        .forEach(
            rule ->
                rows.add(
                    cells(
                        rule.getKey().stage(),
                        code(rule.getKey().reason()),
                        groups,
                        rule.getValue())));
    rows.add(cells(Stage.CLEAN, strong("kept"), groups, kept));
    List<String> columns = new ArrayList<>(List.of("stage", "rule"));
    groups.forEach(group -> columns.add(group + ">"));
    columns.add("all>");
    blocks.add(new Block.Heading(3, "Kept and rejected, by rule"));
    blocks.add(new Block.Table(columns, rows));
    shadow(blocks, status);
  }

  private static void shadow(List<Block> blocks, Status status) {
    if (status.shadow().isEmpty()) {
      return;
    }
    blocks.add(Block.Paragraph.of("What the shadow profile would have decided otherwise:"));
    blocks.add(
        new Block.Table(
            List.of("profile", "verdict", "rule", "language", "documents>"),
            status.shadow().stream()
                .map(
                    group ->
                        row(
                            plain(group.shadow()),
                            plain(group.keptByShadow() ? "keep" : "reject"),
                            code(group.reason()),
                            plain(group.language()),
                            plain(count(group.documents()))))
                .toList()));
  }

  private static void examples(List<Block> blocks, List<RejectExamples.Example> examples) {
    if (examples.isEmpty()) {
      return;
    }
    blocks.add(new Block.Heading(3, "Examples of rejects"));
    blocks.add(
        Block.Paragraph.of(
            plain("Up to " + RejectExamples.MOST + " a rule, those of the least ids; "),
            code("ops/neo explain"),
            plain(" tells all of one.")));
    blocks.add(
        new Block.Table(
            List.of("stage", "rule", "document", "is", "must be"),
            examples.stream()
                .map(
                    example ->
                        row(
                            plain(example.stage().toString()),
                            code(example.reason()),
                            code(example.document()),
                            plain(example.value()),
                            plain(example.threshold())))
                .toList()));
  }

  /** Pages of the many languages without rules share a column. */
  private static String column(String domain) {
    if (domain.isEmpty()) {
      return "not known";
    }
    return domain.startsWith("en.") || domain.startsWith("zh.") || !domain.endsWith(".web")
        ? domain
        : "other languages";
  }

  private static List<Span> cells(
      Stage stage, Span rule, Set<String> groups, Map<String, Long> counts) {
    Stream<Span> numbers =
        groups.stream()
            .map(group -> counts.getOrDefault(group, 0L))
            .map(number -> plain(number == 0 ? "" : count(number)));
    return Stream.of(
            Stream.of(plain(stage.toString()), rule), numbers, Stream.of(plain(count(sum(counts)))))
        .flatMap(cells -> cells)
        .toList();
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
