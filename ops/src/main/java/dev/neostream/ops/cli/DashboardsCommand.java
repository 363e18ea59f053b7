package dev.neostream.ops.cli;

import dev.neostream.ops.dashboard.WatchFolder;
import dev.neostream.ops.run.RunFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes what Prometheus and Grafana need to watch runs. */
@Command(
    name = "dashboards",
    description = "Write dashboards for Grafana, and configuration and alerts for Prometheus.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ops/neo dashboards --out watch",
      "  ops/neo dashboards --out watch --dir my-run other-run"
    })
final class DashboardsCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder to write, new or empty.")
  private Path out;

  @Option(
      names = "--dir",
      paramLabel = "RUN",
      arity = "1..*",
      description = {
        "Folders of the runs to watch, which need not be there yet (default: ${DEFAULT-VALUE})."
      },
      defaultValue = "run")
  private List<Path> runs = new ArrayList<>();

  @Override
  public Integer call() {
    OptionRule.folder("--out", out);
    List<Path> targets = runs.stream().map(run -> new RunFolder(run).scrapeTarget()).toList();
    PrintWriter print = command.commandLine().getOut();
    WatchFolder.write(out, targets).forEach(print::println);
    Path root = out.toAbsolutePath().normalize();
    print.println("Watch with:");
    print.println("  prometheus --config.file=" + root.resolve("prometheus.yml"));
    print.println(
        "  GF_PATHS_PROVISIONING=" + root.resolve("grafana/provisioning") + " grafana server");
    print.flush();
    return 0;
  }
}
