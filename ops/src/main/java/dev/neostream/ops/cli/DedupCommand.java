package dev.neostream.ops.cli;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.file.DedupSummary;
import dev.neostream.ops.file.FileDeduplicator;
import dev.neostream.ops.file.LineFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
import picocli.CommandLine.Spec;

/** Deduplication from files to files. */
@Command(
    name = "dedup",
    description = {
      "Deduplicate documents from files to files: of those with one URL or one text the first in the",
      "order of --priority stays, and no document that is verified to be near one that stays."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ops/neo dedup --in clean.jsonl.zst --out unique.jsonl.zst --duplicates duplicates.jsonl",
      "  ops/neo dedup --in tuesday.jsonl --out new.jsonl --state state --changes changes.jsonl",
      "  ops/neo dedup --in clean.jsonl --stages url,exact,minhash,paragraph --priority longest",
      "",
      "Unique lines: {id, url, text} and the other fields of the input, in its order. Duplicates:",
      "{id, url, source, canonical, jaccard, exact_jaccard, rule}. Rejects: {id, url, source, file,",
      "offset, stage, reason, value, threshold, ...}. Outputs named .gz or .zst are compressed.",
      "Which documents survive depends neither on the order of the input nor on --threads."
    })
final class DedupCommand implements Callable<Integer> {

  private static final int MOST_THREADS = 256;

  private enum ProfileName {
    RECOMMENDED,
    PUBLISHED
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--in",
      paramLabel = "PATH",
      arity = "1..*",
      required = true,
      description = {
        "Files or folders: JSON Lines, Parquet, WARC, ARC, WET, HTML, text, source code, and",
        "archives of these. They are read twice, and once more to cut passages."
      })
  private List<Path> inputs = new ArrayList<>();

  @Option(names = "--out", paramLabel = "FILE", description = "Unique documents, JSON Lines.")
  private Path out;

  @Option(
      names = "--duplicates",
      paramLabel = "FILE",
      description = "Duplicates with the document that survives them, JSON Lines.")
  private Path duplicates;

  @Option(names = "--rejects", paramLabel = "FILE", description = "Rejected records, JSON Lines.")
  private Path rejects;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = "recommended",
      description = {
        "recommended: verified near-duplicates; published: as MAP-Neo released it, for comparison",
        "(default: ${DEFAULT-VALUE})."
      })
  private ProfileName profile;

  @Mixin private DedupOptions dedup;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = {
        "Remember documents in this folder: a later call decides as if all had come at once."
      })
  private Path state;

  @Option(
      names = "--changes",
      paramLabel = "FILE",
      description = "Decisions on documents of earlier calls that are others now, JSON Lines.")
  private Path changes;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compare (default: one a core). The output is the same for any N.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    DedupConfig config = dedup.config();
    checkArguments(config);
    List<Input> resolved = resolve();
    FileDeduplicator deduplicator =
        profile == ProfileName.PUBLISHED
            ? FileDeduplicator.published(config, threads, scratch())
            : FileDeduplicator.recommended(config, threads, scratch());
    long start = System.nanoTime();
    DedupSummary summary;
    try (LineFile unique = file(out);
        LineFile copies = file(duplicates);
        LineFile rejected = file(rejects);
        LineFile changed = file(changes)) {
      var outputs =
          new FileDeduplicator.Outputs(
              Optional.ofNullable(unique),
              Optional.ofNullable(copies),
              Optional.ofNullable(rejected),
              Optional.ofNullable(changed));
      summary =
          state == null
              ? deduplicator.run(resolved, outputs)
              : deduplicator.run(resolved, outputs, state);
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    PrintWriter printer = spec.commandLine().getOut();
    if (json) {
      printer.println(Json.of(view(summary, seconds)));
    } else {
      print(printer, summary, seconds);
    }
    printer.flush();
    return 0;
  }

  private void checkArguments(DedupConfig config) {
    OptionRule.require(
        threads >= 1 && threads <= MOST_THREADS, "--threads", "1 to " + MOST_THREADS, threads);
    if (profile == ProfileName.PUBLISHED
        && (dedup.isRefined() || config.stages().contains(DedupStage.URL))) {
      throw UserError.usage(
          "--profile published has no --priority, --threshold, --min-sightings, --by-host and no"
              + " stage url");
    }
    if (state != null && !FileDeduplicator.isWhole(config)) {
      throw UserError.usage(
          "--state remembers whole documents: --stages must be of url, exact, minhash");
    }
    if (state != null) {
      OptionRule.folder("--state", state);
    }
    if (state == null && changes != null) {
      throw UserError.usage("--changes must come with --state");
    }
    checkFiles();
  }

  private void checkFiles() {
    Map<String, Path> files = new LinkedHashMap<>();
    files.put("--out", out);
    files.put("--duplicates", duplicates);
    files.put("--rejects", rejects);
    files.put("--changes", changes);
    files.values().removeIf(file -> file == null);
    files.forEach(OptionRule::file);
    for (var file : files.entrySet()) {
      for (Path input : inputs) {
        if (LineFile.isSame(input, file.getValue())) {
          throw UserError.usage(file.getKey() + " must not be an input: file=" + file.getValue());
        }
      }
      for (var other : files.entrySet()) {
        if (!file.getKey().equals(other.getKey())
            && LineFile.isSame(file.getValue(), other.getValue())) {
          throw UserError.usage(
              file.getKey()
                  + " and "
                  + other.getKey()
                  + " must be two files: file="
                  + file.getValue());
        }
      }
    }
  }

  private List<Input> resolve() {
    try {
      return Inputs.resolve(inputs);
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
  }

  private static LineFile file(Path path) {
    return path == null ? null : new LineFile(path);
  }

  /** What does not fit into memory lies where there is room for the output. */
  private Path scratch() throws IOException {
    if (state != null) {
      return Files.createDirectories(state);
    }
    if (out == null || Files.exists(out) && !Files.isRegularFile(out)) {
      return Path.of(System.getProperty("java.io.tmpdir"));
    }
    return Files.createDirectories(out.toAbsolutePath().normalize().getParent());
  }

  private Map<String, Object> view(DedupSummary summary, double seconds) {
    var view = new LinkedHashMap<String, Object>();
    view.put("read", summary.read());
    view.put("unique", summary.uniques());
    view.put("duplicates", summary.duplicates());
    view.put("rejected", summary.rejected());
    view.put("seconds", Math.round(seconds * 1e3) / 1e3);
    view.put("duplicates_by_rule", summary.duplicatesByRule());
    view.put("rejected_by_reason", summary.rejectedByReason());
    view.put("cut_bytes_by_stage", summary.cutBytesByStage());
    view.put("full_buckets", summary.cappedBuckets());
    if (state != null) {
      view.put("known", summary.known());
      view.put("changed", summary.changed());
      view.put("retracted", summary.retracted());
      view.put("readmitted", summary.readmitted());
    }
    return view;
  }

  private void print(PrintWriter out, DedupSummary summary, double seconds) {
    out.printf(
        Locale.ROOT,
        "%,d read = %,d unique + %,d duplicates + %,d rejected in %.1f s (%,.0f records/s)%n",
        summary.read(),
        summary.uniques(),
        summary.duplicates(),
        summary.rejected(),
        seconds,
        summary.read() / seconds);
    if (state != null) {
      out.printf(
          Locale.ROOT,
          "%,d documents known before: %,d retracted, %,d readmitted, %,d decided otherwise%n",
          summary.known(),
          summary.retracted(),
          summary.readmitted(),
          summary.changed());
    }
    table(out, "duplicates", summary.duplicatesByRule());
    table(out, "rejected", summary.rejectedByReason());
    table(out, "bytes cut", summary.cutBytesByStage());
    if (summary.cappedBuckets() > 0) {
      out.printf(
          Locale.ROOT,
          "%n%,d times a survivor was left out of a full bucket of candidates%n",
          summary.cappedBuckets());
    }
  }

  private static void table(PrintWriter out, String title, Map<String, Long> rows) {
    if (!rows.isEmpty()) {
      out.printf("%n%s%n", title);
      rows.forEach((name, count) -> out.printf(Locale.ROOT, "  %,11d  %s%n", count, name));
    }
  }
}
