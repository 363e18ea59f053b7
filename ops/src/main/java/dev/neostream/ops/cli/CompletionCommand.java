package dev.neostream.ops.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The completion script of bash and zsh. */
@Command(
    name = "completion",
    description = "Print a script that completes verbs and options: source <(ops/neo completion)",
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    // Shells look a completion up by the last part of the command's path.
    spec.commandLine().getOut().print(AutoComplete.bash("neo", spec.root().commandLine()));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
