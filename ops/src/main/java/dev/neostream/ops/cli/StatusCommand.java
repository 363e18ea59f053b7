package dev.neostream.ops.cli;

import dev.neostream.ops.Json;
import dev.neostream.ops.Shell;
import dev.neostream.ops.UserError;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunFolder;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints where a run stands, whether it is running or not. */
@Command(
    name = "status",
    description = "Show where a run stands.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  ops/neo status --dir my-run --json"})
final class StatusCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private RunOption run;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    RunFolder folder = run.folder();
    Status last =
        folder
            .read(folder.status(), Status.class)
            .orElseThrow(
                () ->
                    UserError.notReady(
                        "the folder must hold a run: dir="
                            + folder.root()
                            + "; start one with `ops/neo demo --dir "
                            + Shell.word(run.dir())
                            + "`"));
    boolean live = last.state().equals("running") || last.state().equals("starting");
    Status status =
        live && !folder.running()
            ? last.in(
                "stopped",
                "the run ended without a word; resume with `ops/neo run --dir "
                    + Shell.word(run.dir())
                    + "`")
            : last;
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.of(status));
    } else {
      int columns = WindowSize.ofOutput().map(WindowSize::columns).orElse(Integer.MAX_VALUE);
      Rows.of(ProgressView.lines(status), columns).forEach(out::println);
      folder.pageUrl().ifPresent(url -> out.println("page      " + url));
      folder
          .address()
          .ifPresent(
              address ->
                  out.println("metrics   http://127.0.0.1:" + address.metricsPort() + "/metrics"));
    }
    out.flush();
    return 0;
  }
}
