package dev.neostream.ops.cli;

import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.clean.Explanation;
import dev.neostream.clean.rule.Finding;
import dev.neostream.clean.rule.Range;
import dev.neostream.ingest.file.Item;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.explain.DocumentHistory;
import dev.neostream.ops.file.Documents;
import dev.neostream.schemas.Rejection;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Why a document was kept or dropped. */
@Command(
    name = "explain",
    description = {
      "Say why a document was kept or dropped: every rule with its value and threshold.",
      "With --dir also what the run did with it."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ops/neo explain https://example.org/page --dir my-run",
      "  ops/neo explain https://example.org/page --in crawl.warc.gz --profile fineweb"
    })
final class ExplainCommand implements Callable<Integer> {

  private static final int EXCERPT = 300;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "URL|ID",
      description = "URL or path of the document as rejects name it, or its id.")
  private String asked;

  @Mixin private InputOptions input;

  @Mixin private CleanOptions options;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    // `explain --in FILE URL`: the option takes all that follows it.
    String name =
        asked != null
            ? asked
            : input
                .takeLast()
                .orElseThrow(
                    () -> UserError.usage("which document must be said: its url, path or id"));
    try (InputOptions.Opened records = input.open()) {
      var cleaner = new Cleaner(options.config(records.standard()));
      List<Documents.Entry> found = new ArrayList<>();
      for (Optional<Documents.Entry> entry = records.documents().next();
          entry.isPresent();
          entry = records.documents().next()) {
        if (entry.get().isNamed(name)) {
          found.add(entry.get());
        }
      }
      if (found.isEmpty()) {
        throw new UserError(
            "no record of this name was read: asked="
                + name
                + "; names are urls, paths inside archives, or ids, as --rejects files show them");
      }
      List<String> ids = found.stream().map(Documents.Entry::id).toList();
      explain(
          found,
          cleaner,
          records
              .run()
              .map(topics -> DocumentHistory.of(topics.connection(), ids))
              .orElse(Map.of()));
    }
    return 0;
  }

  private void explain(
      List<Documents.Entry> found, Cleaner cleaner, Map<String, List<String>> histories) {
    PrintWriter out = spec.commandLine().getOut();
    List<Map<String, Object>> views = new ArrayList<>();
    for (Documents.Entry entry : found) {
      List<String> history = histories.getOrDefault(entry.id(), List.of());
      Optional<Explanation> explanation =
          entry.item() instanceof Item.Document
              ? Optional.of(cleaner.explain(entry.envelope(cleaner.fields())))
              : Optional.empty();
      if (json) {
        views.add(view(entry, explanation, history));
      } else {
        print(out, entry, explanation, history);
      }
    }
    if (json) {
      out.println(Json.of(views));
    }
    out.flush();
  }

  private static Map<String, Object> view(
      Documents.Entry entry, Optional<Explanation> explanation, List<String> history) {
    var view = new LinkedHashMap<String, Object>();
    view.put("id", entry.id());
    view.put("url", entry.item().url());
    view.put("source", entry.item().source());
    view.put("file", entry.item().file());
    view.put("offset", entry.item().offset());
    Optional<Rejection> rejection = rejection(entry, explanation);
    view.put("kept", rejection.isEmpty());
    rejection.ifPresent(
        r -> {
          view.put("reason", r.reason());
          view.put("value", r.value());
          view.put("threshold", r.threshold());
        });
    explanation.ifPresent(
        e -> {
          view.put("language", e.language());
          view.put("language_score", e.languageScore());
          view.put("kind", e.kind());
          List<Map<String, Object>> rules = new ArrayList<>();
          for (Finding finding : e.findings()) {
            var rule = new LinkedHashMap<String, Object>();
            rule.put("rule", finding.rule());
            rule.put("value", finding.value());
            rule.put("threshold", finding.range().toString());
            rule.put("passed", finding.passed());
            rules.add(rule);
          }
          view.put("rules", rules);
          view.put("text", e.text());
        });
    view.put("run", history);
    return view;
  }

  private static Optional<Rejection> rejection(
      Documents.Entry entry, Optional<Explanation> explanation) {
    if (entry.item() instanceof Item.Broken broken) {
      return Optional.of(broken.rejection());
    }
    return explanation
        .map(Explanation::outcome)
        .flatMap(
            outcome ->
                outcome instanceof Cleaned.Rejected rejected
                    ? Optional.of(rejected.rejection())
                    : Optional.empty());
  }

  private static void print(
      PrintWriter out,
      Documents.Entry entry,
      Optional<Explanation> explanation,
      List<String> history) {
    Item item = entry.item();
    out.println(item.url());
    out.printf("  id        %s%n", entry.id());
    out.printf("  read from %s, %s, place %d%n", item.source(), item.file(), item.offset());
    Optional<Rejection> rejection = rejection(entry, explanation);
    out.printf(
        "  verdict   %s%n",
        rejection
            .map(r -> "dropped by " + r.reason() + ": " + r.value() + ", must be " + r.threshold())
            .orElse("kept"));
    history.forEach(line -> out.printf("  run       %s%n", line));
    if (explanation.isPresent() && !explanation.get().kind().isEmpty()) {
      Explanation e = explanation.get();
      out.printf(
          Locale.ROOT,
          "  language  %s, score %.3f; judged by the rules for %s%n%n",
          e.language(),
          e.languageScore(),
          e.kind());
      for (Finding finding : e.findings()) {
        out.printf(
            Locale.ROOT,
            "  %s %-36s %12s   %s%n",
            finding.passed() ? "   " : "NO ",
            finding.rule(),
            Range.number(Math.round(finding.value() * 1e6) / 1e6),
            finding.range());
      }
      String text = e.text().strip();
      out.printf("%n%s%n%n", text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + " ...");
    }
  }
}
