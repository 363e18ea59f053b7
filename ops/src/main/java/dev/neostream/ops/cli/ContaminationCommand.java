package dev.neostream.ops.cli;

import dev.neostream.dedup.contamination.BenchmarkSet;
import dev.neostream.dedup.contamination.ContaminationIndex;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.embedded.RunTopics;
import dev.neostream.ops.explain.DocumentBlocks;
import dev.neostream.ops.file.ContaminationSummary;
import dev.neostream.ops.file.FileDecontaminator;
import dev.neostream.ops.file.LineFile;
import dev.neostream.ops.file.RunContamination;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Benchmark items in documents, from files to files, or in what a run has kept. */
@Command(
    name = "contamination",
    description = {
      "Find the items of evaluation sets in documents: remove or flag those that repeat one.",
      "With --dir, say which documents of a run repeat one, and in which token blocks they are."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ops/neo contamination --in pages.jsonl --sets gsm8k.jsonl --out kept.jsonl --hits hits.jsonl",
      "  ops/neo contamination --in crawl.warc.gz --sets mmlu=a.jsonl mmlu=b.jsonl --flag --out all.jsonl",
      "  ops/neo contamination --dir my-run --sets gsm8k.jsonl --hits hits.jsonl",
      "",
      "Sets are JSON Lines, plain or .gz, with {question, answer}, {question, choices},",
      "{question, A, B, C, D}, {passage, question, options}, {sentence_good, sentence_bad}; of any",
      "other item every text is compared. Hits: {id, url, set, item, field, share, ngrams, from, to,",
      "evidence}, with --dir also blocks: [domain/lane/number]."
    })
final class ContaminationCommand implements Callable<Integer> {

  private static final int MOST_THREADS = 256;

  @Spec private CommandSpec spec;

  @Mixin private InputOptions input;

  @Option(
      names = "--sets",
      paramLabel = "[NAME=]FILE",
      arity = "1..*",
      required = true,
      description = {
        "Evaluation sets. Files of one name make one set; without a name it is the file's, up to",
        "the first dot."
      })
  private List<String> sets = new ArrayList<>();

  @Option(names = "--out", paramLabel = "FILE", description = "Kept documents, JSON Lines.")
  private Path out;

  @Option(names = "--rejects", paramLabel = "FILE", description = "Rejected records, JSON Lines.")
  private Path rejects;

  @Option(names = "--hits", paramLabel = "FILE", description = "Items found, JSON Lines.")
  private Path hits;

  @Option(
      names = "--flag",
      description = "Keep documents with hits and say so in their field contamination.")
  private boolean flag;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that match (default: one a core). The output is the same for any N.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    checkArguments();
    ContaminationIndex index = index();
    try (InputOptions.Opened records = input.open();
        LineFile kept = file(out);
        LineFile rejected = file(rejects);
        LineFile found = file(hits)) {
      Optional<RunTopics> run = records.run();
      long start = System.nanoTime();
      ContaminationSummary summary =
          run.isPresent()
              ? new RunContamination(index, records.standard(), threads)
                  .run(
                      records.documents(),
                      ids -> DocumentBlocks.of(run.get().connection(), ids),
                      Optional.ofNullable(found))
              : new FileDecontaminator(index, threads, flag)
                  .run(
                      records.documents(),
                      new FileDecontaminator.Outputs(
                          Optional.ofNullable(kept),
                          Optional.ofNullable(rejected),
                          Optional.ofNullable(found)));
      double seconds = (System.nanoTime() - start) / 1e9;
      PrintWriter printer = spec.commandLine().getOut();
      if (json) {
        printer.println(Json.of(view(summary, index, seconds)));
      } else {
        print(printer, summary, index, seconds);
      }
      printer.flush();
    }
    return 0;
  }

  private void checkArguments() {
    OptionRule.require(
        threads >= 1 && threads <= MOST_THREADS, "--threads", "1 to " + MOST_THREADS, threads);
    if (input.isRun() && (out != null || rejects != null || flag)) {
      throw UserError.usage(
          "--out, --rejects and --flag need --in: a run's documents stay as they are");
    }
    Map<String, Path> outputs = outputs();
    outputs.forEach(OptionRule::file);
    outputs.forEach(input::forbid);
    outputs.forEach(
        (option, file) ->
            outputs.forEach(
                (other, same) -> {
                  if (!option.equals(other) && LineFile.isSame(file, same)) {
                    throw UserError.usage(
                        option + " and " + other + " must be two files: file=" + file);
                  }
                }));
  }

  private Map<String, Path> outputs() {
    var outputs = new LinkedHashMap<String, Path>();
    outputs.put("--out", out);
    outputs.put("--rejects", rejects);
    outputs.put("--hits", hits);
    outputs.values().removeIf(Objects::isNull);
    return outputs;
  }

  private static LineFile file(Path path) {
    return path == null ? null : new LineFile(path);
  }

  private ContaminationIndex index() throws IOException {
    Map<String, List<Path>> files = new TreeMap<>();
    for (String set : sets) {
      int equals = set.indexOf('=');
      Path file = Path.of(set.substring(equals + 1));
      if (equals == 0 || !Files.isRegularFile(file)) {
        throw UserError.usage(
            "--sets must be FILE or NAME=FILE with a file that is there: given=" + set);
      }
      outputs().values().forEach(output -> forbid(file, output));
      String name = equals > 0 ? set.substring(0, equals) : stem(file);
      files.computeIfAbsent(name, key -> new ArrayList<>()).add(file);
    }
    try {
      var read = new ArrayList<BenchmarkSet>();
      for (var set : files.entrySet()) {
        read.add(BenchmarkSet.read(set.getKey(), set.getValue()));
      }
      return ContaminationIndex.of(read);
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
  }

  private static String stem(Path file) {
    return file.getFileName().toString().replaceFirst("\\..*", "");
  }

  private static void forbid(Path set, Path output) {
    if (LineFile.isSame(set, output)) {
      throw UserError.usage("an output must not be an evaluation set: file=" + output);
    }
  }

  private static Map<String, Object> view(
      ContaminationSummary summary, ContaminationIndex index, double seconds) {
    var view = new LinkedHashMap<String, Object>();
    view.put("read", summary.read());
    view.put("kept", summary.kept());
    view.put("rejected", summary.rejected());
    view.put("contaminated", summary.contaminated());
    view.put("seconds", Math.round(seconds * 1e3) / 1e3);
    view.put("matcher", index.version());
    var sets = new ArrayList<Map<String, Object>>();
    for (ContaminationIndex.Coverage coverage : index.coverage()) {
      ContaminationSummary.Found found = found(summary, coverage);
      var set = new LinkedHashMap<String, Object>();
      set.put("set", coverage.set());
      set.put("items", coverage.items());
      set.put("not_coverable", coverage.notCoverable());
      set.put("ngrams", coverage.ngrams());
      set.put("common_ngrams", coverage.common());
      set.put("items_found", found.items());
      set.put("documents_hit", found.documents());
      sets.add(set);
    }
    view.put("sets", sets);
    return view;
  }

  private static ContaminationSummary.Found found(
      ContaminationSummary summary, ContaminationIndex.Coverage coverage) {
    return summary.sets().getOrDefault(coverage.set(), new ContaminationSummary.Found(0, 0));
  }

  private static void print(
      PrintWriter out, ContaminationSummary summary, ContaminationIndex index, double seconds) {
    out.printf(
        Locale.ROOT,
        "%,d read = %,d kept + %,d rejected in %.1f s (%,.0f records/s); %,d repeat a benchmark item%n",
        summary.read(),
        summary.kept(),
        summary.rejected(),
        seconds,
        summary.read() / seconds,
        summary.contaminated());
    for (ContaminationIndex.Coverage coverage : index.coverage()) {
      ContaminationSummary.Found found = found(summary, coverage);
      out.printf(
          Locale.ROOT,
          "  %-24s %,d of %,d items in %,d documents; %,d items too short to be found%n",
          coverage.set(),
          found.items(),
          coverage.items(),
          found.documents(),
          coverage.notCoverable());
    }
  }
}
