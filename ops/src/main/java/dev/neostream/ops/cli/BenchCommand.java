package dev.neostream.ops.cli;

import dev.neostream.clean.CleanConfig;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.bench.CleanBench;
import dev.neostream.ops.bench.DedupBench;
import dev.neostream.ops.bench.StreamBench;
import dev.neostream.ops.corpus.DemoCorpus;
import dev.neostream.ops.run.RunSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Benchmarks. */
@Command(
    name = "bench",
    description = "Measure speed on this machine.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(clean | dedup | stream)",
    footer = {
      "",
      "Examples:",
      "  ops/neo bench clean",
      "  ops/neo bench clean --in crawl.warc.gz --profile published --json",
      "  ops/neo bench dedup",
      "  ops/neo bench stream --stages exact"
    })
final class BenchCommand implements Runnable {

  private static final int STREAM_DOCUMENTS = 90_000;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "clean, dedup or stream must be given");
  }

  @Command(
      name = "clean",
      description = {
        "Documents and bytes a second, and bytes allocated a document: every stage on one thread,",
        "then from files to files, then through Kafka and Flink."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int clean(
      @Option(
              names = "--in",
              paramLabel = "PATH",
              arity = "1..*",
              description = "Files or folders to clean (default: the demo corpus).")
          List<Path> paths,
      @Mixin CleanOptions options,
      @Option(
              names = "--threads",
              paramLabel = "N",
              description = "Threads of file mode, parallelism of the stream (default: cores).")
          Integer threads,
      @Option(names = "--no-stream", description = "Leave Kafka and Flink out.") boolean noStream,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    CleanConfig config = options.config(paths == null ? "documentation" : "recommended");
    List<Input> inputs = inputs(paths);
    int parallelism = parallelism(threads);
    Path folder = scratch();
    PrintWriter out = spec.commandLine().getOut();
    try {
      var bench = new CleanBench(inputs, config);
      var results = new Results(out, json);
      bench.stages().forEach(results::add);
      CleanBench.Result files = bench.files(parallelism, folder);
      results.add(files);
      if (!noStream) {
        results.add(StreamBench.clean(inputs, files.bytes(), config, parallelism, folder));
      }
      if (json) {
        results.printJson();
      } else {
        out.printf(
            "%nread to whole: one thread, CPU time; files and stream: %d threads, clock%n",
            parallelism);
        if (!noStream) {
          out.printf(
              Locale.ROOT,
              "stream / files: %.0f %%%n",
              100 * results.last().documentsPerSecond() / files.documentsPerSecond());
        }
      }
      out.flush();
      return 0;
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    } finally {
      delete(folder);
    }
  }

  @Command(
      name = "dedup",
      description = {
        "Documents and bytes a second, and bytes allocated a document: fingerprints, hashes and",
        "filters on one thread, then from files to files, then through Kafka and Flink with 0, 30",
        "and 70 % duplicates."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int dedup(
      @Option(
              names = "--in",
              paramLabel = "PATH",
              arity = "1..*",
              description = {
                "Files or folders for all but the stream (default: made-up documents, 30 % of them",
                "duplicates)."
              })
          List<Path> paths,
      @Option(
              names = "--threads",
              paramLabel = "N",
              description = "Threads of file mode, parallelism of the stream (default: cores).")
          Integer threads,
      @Option(names = "--no-stream", description = "Leave Kafka and Flink out.") boolean noStream,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    int parallelism = parallelism(threads);
    List<Input> given = paths == null ? null : inputs(paths);
    Path folder = scratch();
    PrintWriter out = spec.commandLine().getOut();
    try {
      List<Input> inputs =
          given == null ? DedupBench.synthetic(folder.resolve("files"), 20_000, 0.3) : given;
      var bench = new DedupBench(inputs);
      var results = new Results(out, json);
      bench.stages().forEach(results::add);
      results.add(bench.files(parallelism, folder));
      if (!noStream) {
        StreamBench.dedup(
            "warm-up",
            DedupBench.synthetic(folder.resolve("warm-up/in"), STREAM_DOCUMENTS / 3, 0.3),
            parallelism,
            folder.resolve("warm-up"));
        for (int percent : new int[] {0, 30, 70}) {
          Path part = folder.resolve("stream-" + percent);
          List<Input> documents =
              DedupBench.synthetic(part.resolve("in"), STREAM_DOCUMENTS, percent / 100.0);
          results.add(StreamBench.dedup("stream-" + percent, documents, parallelism, part));
          delete(part);
        }
      }
      if (json) {
        results.printJson();
      } else {
        out.printf(
            "%nwords to filter: one thread, CPU time; files and stream: %d threads, clock%n"
                + "filter: look-ups of keys in 250 MB, not documents%n"
                + "stream: per cent of duplicates, half of them exact%n",
            parallelism);
      }
      out.flush();
      return 0;
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    } finally {
      delete(folder);
    }
  }

  @Command(
      name = "stream",
      description = {
        "Documents a second and a CPU second on the whole path, from raw.documents through Flink to",
        "blocks of tokens, and CPU time a document by what it was spent on. The documents are given",
        "in as many variants as make a gigabyte."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int stream(
      @Option(
              names = "--in",
              paramLabel = "PATH",
              arity = "1..*",
              description = "Files or folders (default: the demo corpus).")
          List<Path> paths,
      @Mixin CleanOptions clean,
      @Mixin DedupOptions dedup,
      @Option(
              names = "--threads",
              paramLabel = "N",
              description = "Parallelism of the stream (default: cores).")
          Integer threads,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    RunSpec demo = RunSpec.demo(2);
    RunSpec spec =
        demo.withClean(
                clean.config(paths == null ? "documentation" : "recommended"), demo.cleaner())
            .withDedup(new RunSpec.Dedup(dedup.config(), demo.dedup().scope()));
    List<Input> inputs = inputs(paths);
    int parallelism = parallelism(threads);
    Path folder = scratch();
    PrintWriter out = this.spec.commandLine().getOut();
    try {
      StreamBench.Whole whole = StreamBench.whole(inputs, spec, parallelism, folder);
      if (json) {
        out.println(Json.of(whole));
      } else {
        print(whole, out);
      }
      out.flush();
      return 0;
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    } finally {
      delete(folder);
    }
  }

  private static void print(StreamBench.Whole whole, PrintWriter out) {
    long documents = whole.result().documents();
    out.printf(
        Locale.ROOT,
        "%,d documents, %,.0f documents/s, %,.0f documents/CPU-s%n%n",
        documents,
        whole.result().documentsPerSecond(),
        documents / whole.cpuSeconds());
    out.printf("%14s   %s%n", "µs/document", "spent on");
    whole.parts().entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEach(
            part ->
                out.printf(
                    Locale.ROOT,
                    "%14.1f   %s%n",
                    part.getValue() * 1e6 / documents,
                    part.getKey()));
    out.printf(Locale.ROOT, "%14.1f   all%n", whole.cpuSeconds() * 1e6 / documents);
  }

  private static int parallelism(Integer threads) {
    int parallelism = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    OptionRule.require(parallelism >= 1, "--threads", "at least 1", parallelism);
    return parallelism;
  }

  private static Path scratch() throws IOException {
    Path folder = Files.createTempDirectory("neo-bench");
    System.setProperty("neo.log", folder.resolve("bench.log").toString());
    return folder;
  }

  private static List<Input> inputs(List<Path> paths) {
    try {
      return Inputs.resolve(
          paths != null
              ? paths
              : DemoCorpus.resolve(Path.of(System.getProperty("neo.home")), System.err::println));
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
  }

  /** Prints a row a result as it comes, or all together as JSON. */
  private static final class Results {

    private final PrintWriter out;
    private final boolean json;
    private final List<CleanBench.Result> all = new ArrayList<>();

    Results(PrintWriter out, boolean json) {
      this.out = out;
      this.json = json;
    }

    void add(CleanBench.Result result) {
      if (!json && all.isEmpty()) {
        out.printf(
            "%-15s %10s %12s %10s %16s%n",
            "stage", "documents", "documents/s", "MB/s", "bytes/document");
      }
      all.add(result);
      if (!json) {
        out.printf(
            Locale.ROOT,
            "%-15s %,10d %,12.0f %10.1f %16s%n",
            result.stage(),
            result.documents(),
            result.documentsPerSecond(),
            result.megabytesPerSecond(),
            result.allocated() < 0 ? "" : String.format(Locale.ROOT, "%,.0f", result.allocated()));
        out.flush();
      }
    }

    CleanBench.Result last() {
      return all.get(all.size() - 1);
    }

    void printJson() {
      out.println(Json.of(all));
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
