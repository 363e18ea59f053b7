package dev.neostream.ops.cli;

import dev.neostream.clean.CleanConfig;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.bench.CleanBench;
import dev.neostream.ops.bench.StreamBench;
import dev.neostream.ops.config.RunFolder;
import dev.neostream.ops.config.UserError;
import dev.neostream.ops.corpus.DemoCorpus;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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
    synopsisSubcommandLabel = "clean",
    footer = {
      "",
      "Examples:",
      "  ops/neo bench clean",
      "  ops/neo bench clean --in crawl.warc.gz --profile published --json"
    })
final class BenchCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "clean must be given");
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
    int parallelism = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (parallelism < 1) {
      throw UserError.usage("--threads must be at least 1: threads=" + parallelism);
    }
    Path folder = Files.createTempDirectory("neo-bench");
    System.setProperty("neo.log", folder.resolve("bench.log").toString());
    PrintWriter out = spec.commandLine().getOut();
    try {
      var bench = new CleanBench(inputs, config);
      List<CleanBench.Result> results = new ArrayList<>(bench.stages());
      results.add(bench.files(parallelism, folder));
      if (!noStream) {
        results.add(
            StreamBench.run(
                inputs, results.get(results.size() - 1).bytes(), config, parallelism, folder));
      }
      if (json) {
        out.println(RunFolder.json(results));
      } else {
        print(out, results, parallelism);
      }
      out.flush();
      return 0;
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    } finally {
      delete(folder);
    }
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

  private static void print(PrintWriter out, List<CleanBench.Result> results, int parallelism) {
    out.printf(
        "%-10s %10s %12s %10s %16s%n",
        "stage", "documents", "documents/s", "MB/s", "bytes/document");
    for (CleanBench.Result result : results) {
      out.printf(
          Locale.ROOT,
          "%-10s %,10d %,12.0f %10.1f %16s%n",
          result.stage(),
          result.documents(),
          result.documentsPerSecond(),
          result.megabytesPerSecond(),
          result.allocated() < 0 ? "" : String.format(Locale.ROOT, "%,.0f", result.allocated()));
    }
    out.printf(
        "%nread to whole: one thread, CPU time; files and stream: %d threads, clock%n",
        parallelism);
    CleanBench.Result last = results.get(results.size() - 1);
    if (last.stage().equals("stream")) {
      CleanBench.Result files = results.get(results.size() - 2);
      out.printf(
          Locale.ROOT,
          "stream / files: %.0f %%%n",
          100 * last.documentsPerSecond() / files.documentsPerSecond());
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
