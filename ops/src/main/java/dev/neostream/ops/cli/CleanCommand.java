package dev.neostream.ops.cli;

import dev.neostream.clean.CleanConfig;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.account.Funnel;
import dev.neostream.ops.file.FileCleaner;
import dev.neostream.ops.file.LineFile;
import dev.neostream.ops.file.Summary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
import picocli.CommandLine.Spec;

/** Cleaning from files to files, and what another profile would change. */
@Command(
    name = "clean",
    description = {
      "Clean documents from files to files: the decisions of the stream, record for record.",
      "With --shadow or --try it prints what another profile would decide otherwise."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ops/neo clean --in crawl.warc.gz --out clean.jsonl.zst --rejects rejects.jsonl",
      "  ops/neo clean --in pages.jsonl --profile my-profile.yaml --json",
      "  ops/neo clean --in pages.jsonl --extract-only --out text.jsonl",
      "  ops/neo clean --dir my-run --try en.gopher.word_count.min=30",
      "",
      "Kept lines: {id, url, text, language, language_score, domain} and the other fields of a",
      "JSON Lines input. Rejects: {id, url, source, file, offset, stage, reason, value, threshold,",
      "language, domain}. Outputs named .gz or .zst are compressed."
    })
final class CleanCommand implements Callable<Integer> {

  private static final int MOST_THREADS = 256;

  @Spec private CommandSpec spec;

  @Mixin private InputOptions input;

  @Option(names = "--out", paramLabel = "FILE", description = "Kept documents, JSON Lines.")
  private Path out;

  @Option(names = "--rejects", paramLabel = "FILE", description = "Rejected records, JSON Lines.")
  private Path rejects;

  @Mixin private CleanOptions options;

  @Option(
      names = "--extract-only",
      description = "Write {id, url, text} of every document that has a text, without judging.")
  private boolean extractOnly;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that clean (default: one a core). The output is the same for any N.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    checkArguments();
    try (InputOptions.Opened records = input.open()) {
      CleanConfig config = options.config(records.standard());
      if (extractOnly && config.maskPii()) {
        throw UserError.usage("--extract-only writes texts as they are: leave --mask-pii out");
      }
      FileCleaner cleaner = cleaner(config);
      long start = System.nanoTime();
      Summary summary;
      try (LineFile kept = out == null ? null : new LineFile(out);
          LineFile rejected = rejects == null ? null : new LineFile(rejects)) {
        summary =
            cleaner.run(
                records.documents(), Optional.ofNullable(kept), Optional.ofNullable(rejected));
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      PrintWriter printer = spec.commandLine().getOut();
      if (json) {
        printer.println(Json.of(view(summary, config, seconds)));
      } else {
        print(printer, summary, config, seconds);
      }
      printer.flush();
      return 0;
    }
  }

  private void checkArguments() {
    OptionRule.require(
        threads >= 1 && threads <= MOST_THREADS, "--threads", "1 to " + MOST_THREADS, threads);
    OptionRule.file("--out", out);
    OptionRule.file("--rejects", rejects);
    if (out != null && rejects != null && LineFile.isSame(out, rejects)) {
      throw UserError.usage("--out and --rejects must be two files: file=" + out);
    }
    if (out != null) {
      input.forbid("--out", out);
    }
    if (rejects != null) {
      input.forbid("--rejects", rejects);
    }
  }

  /** What is wrong with models, lists and profiles is the user's to mend. */
  private FileCleaner cleaner(CleanConfig config) {
    try {
      return new FileCleaner(config, threads, extractOnly);
    } catch (IllegalArgumentException | java.io.UncheckedIOException e) {
      throw UserError.usage(e.getMessage());
    }
  }

  private static Map<String, Object> view(Summary summary, CleanConfig config, double seconds) {
    var view = new LinkedHashMap<String, Object>();
    view.put("read", summary.all().read());
    view.put("kept", summary.all().kept());
    view.put("rejected", summary.all().rejected());
    view.put("seconds", Math.round(seconds * 1e3) / 1e3);
    view.put("files", summary.files());
    view.put("kept_by_domain", summary.funnel().kept());
    view.put("rejected_by_rule", summary.funnel().rejected());
    if (config.maskPii()) {
      view.put("masked", summary.masks());
    }
    if (!config.shadow().isEmpty()) {
      view.put("differences", summary.differences());
    }
    return view;
  }

  private static void print(PrintWriter out, Summary summary, CleanConfig config, double seconds) {
    Summary.Counts all = summary.all();
    out.printf(
        Locale.ROOT,
        "%,d read = %,d kept + %,d rejected in %.1f s (%,.0f records/s)%n",
        all.read(),
        all.kept(),
        all.rejected(),
        seconds,
        all.read() / seconds);
    if (config.maskPii()) {
      out.printf(
          Locale.ROOT,
          "masked %,d e-mail addresses, %,d IP addresses, %,d telephone numbers%n",
          summary.masks().emails(),
          summary.masks().addresses(),
          summary.masks().phones());
    }
    List<Funnel.Kept> kept = summary.funnel().kept();
    if (!kept.isEmpty()) {
      out.printf("%nkept%n");
      for (Funnel.Kept group : kept) {
        out.printf(
            Locale.ROOT, "  %,9d  %s %s%n", group.documents(), group.language(), group.domain());
      }
    }
    List<Funnel.Rejects> rejected = new ArrayList<>(summary.funnel().rejected());
    rejected.sort(Comparator.comparingLong(Funnel.Rejects::documents).reversed());
    if (!rejected.isEmpty()) {
      out.printf("%nrejected%n");
      for (Funnel.Rejects group : rejected) {
        out.printf(
            Locale.ROOT,
            "  %,9d  %s %s  %s %s%n",
            group.documents(),
            group.stage(),
            group.reason(),
            group.language(),
            group.domain());
      }
    }
    if (!config.shadow().isEmpty()) {
      printDifferences(out, summary);
    }
  }

  private static void printDifferences(PrintWriter out, Summary summary) {
    List<Summary.Difference> differences = new ArrayList<>(summary.differences());
    differences.sort(Comparator.comparingLong(Summary.Difference::documents).reversed());
    long more =
        differences.stream()
            .filter(Summary.Difference::keptByShadow)
            .mapToLong(Summary.Difference::documents)
            .sum();
    long fewer = differences.stream().mapToLong(Summary.Difference::documents).sum() - more;
    out.printf(
        Locale.ROOT,
        "%nthe other profile would keep %,d documents more and %,d fewer: %,d in place of %,d%n",
        more,
        fewer,
        summary.all().kept() + more - fewer,
        summary.all().kept());
    for (Summary.Difference difference : differences) {
      out.printf(
          Locale.ROOT,
          "  %s %,d  %s  %s%n",
          difference.keptByShadow() ? "+" : "-",
          difference.documents(),
          difference.reason(),
          difference.language());
      difference.examples().forEach(example -> out.printf("        %s%n", example));
    }
  }
}
