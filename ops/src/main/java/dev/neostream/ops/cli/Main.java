package dev.neostream.ops.cli;

import dev.neostream.ops.Printable;
import dev.neostream.ops.Reason;
import dev.neostream.ops.UserError;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ops/neo}: exit codes 0 ok, 1 failed, 2 usage, 3 not ready. */
@Command(
    name = "ops/neo",
    description = "MAP-Neo's corpus pipeline and pre-training as one live stream.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "VERB",
    footer = {
      "",
      "Examples:",
      "  ops/neo demo                           the whole path, from documents to a trained model",
      "  ops/neo init my-run                    a definition of your own run; then:",
      "  ops/neo run --dir my-run",
      "  ops/neo ingest add --dir my-run more/  at any time",
      "  ops/neo status --dir my-run --json",
      "  ops/neo clean --in crawl.warc.gz --out clean.jsonl.zst --rejects rejects.jsonl",
      "  ops/neo dedup --in clean.jsonl.zst --out unique.jsonl --duplicates duplicates.jsonl",
      "  ops/neo contamination --in unique.jsonl --sets gsm8k.jsonl --out kept.jsonl",
      "  ops/neo explain https://example.org/page --dir my-run     why it was kept or dropped",
      "  ops/neo takedown --dir my-run --domain example.org --why \"asked by the owner\"",
      "  ops/neo mix set --dir my-run --weights code=0.6,en.web=0.2,zh.web=0.2 --why trial",
      "",
      "`ops/neo help VERB` tells more of a verb; `source <(ops/neo completion)` completes them.",
      "Exit codes: 0 ok, 1 failed, 2 usage, 3 not ready, 130 stopped by Ctrl-C."
    })
public final class Main {

  static final String NUMBER = "0.1.0";

  /** The version, and the commit that the launcher built. */
  static final String VERSION =
      "neo-stream " + NUMBER + " (" + System.getProperty("neo.commit", "unknown") + ")";

  /** These tell of the other verbs. */
  private static final Set<Class<?>> KNOWS_ALL =
      Set.of(CommandLine.HelpCommand.class, CompletionCommand.class);

  private static final int HELP_WIDTH = 110;

  private static final List<Class<?>> VERBS =
      List.of(
          DemoCommand.class,
          InitCommand.class,
          RunCommand.class,
          IngestCommand.class,
          StatusCommand.class,
          MixCommand.class,
          RanksCommand.class,
          CleanCommand.class,
          DedupCommand.class,
          ContaminationCommand.class,
          ExplainCommand.class,
          ProfileCommand.class,
          TakedownCommand.class,
          QualityCommand.class,
          TokenizerCommand.class,
          DashboardsCommand.class,
          CardCommand.class,
          CheckpointCommand.class,
          ServeCommand.class,
          EvalCommand.class,
          ScalingCommand.class,
          AlignCommand.class,
          BenchCommand.class,
          CommandLine.HelpCommand.class,
          CompletionCommand.class);

  private Main() {}

  static final class Version implements CommandLine.IVersionProvider {

    @Override
    public String[] getVersion() {
      return new String[] {VERSION};
    }
  }

  public static void main(String[] args) {
    // What is written must be readable elsewhere: some locales have other digits.
    Locale.setDefault(Locale.ROOT);
    System.exit(run(args));
  }

  /** Runs a command line and returns its exit code. */
  static int run(String... args) {
    return run(System.out, System.err, args);
  }

  /** The same, printing elsewhere. */
  static int run(PrintStream out, PrintStream err, String... args) {
    var commandLine = new CommandLine(new Main());
    verbsFor(args).forEach(verb -> commandLine.addSubcommand(verb));
    commandLine.setUsageHelpWidth(HELP_WIDTH);
    // Whatever a verb prints may hold strangers' words; so there are no colours of our own either.
    commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    commandLine.setOut(printer(out));
    commandLine.setErr(printer(err));
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    // A misspelt option is a mistake, not another file.
    commandLine.setUnmatchedOptionsAllowedAsOptionParameters(false);
    commandLine.setExecutionStrategy(
        parsed -> {
          Misuse.refuseBlank(parsed);
          return new CommandLine.RunLast().execute(parsed);
        });
    commandLine.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          PrintWriter printer = command.getErr();
          if (failure instanceof UserError mistake) {
            printer.println("neo: " + mistake.getMessage());
            return mistake.exitCode();
          }
          printer.println("neo: failed: " + Reason.of(failure));
          return UserError.FAILED;
        });
    commandLine.setParameterExceptionHandler(
        (problem, arguments) -> {
          CommandLine asked = problem.getCommandLine();
          asked
              .getErr()
              .println(
                  "neo: "
                      + Misuse.message(problem)
                      + "; see `"
                      + asked.getCommandSpec().qualifiedName()
                      + " --help`");
          return UserError.USAGE;
        });
    if (args.length == 0) {
      commandLine.usage(commandLine.getErr());
      return UserError.USAGE;
    }
    return commandLine.execute(args);
  }

  /**
   * The verb that is asked for alone: to learn the options of all is most of a short verb's time.
   */
  private static List<Class<?>> verbsFor(String[] args) {
    return VERBS.stream()
        .filter(verb -> args.length > 0 && name(verb).equals(args[0]) && !KNOWS_ALL.contains(verb))
        .findFirst()
        .map(List::<Class<?>>of)
        .orElse(VERBS);
  }

  private static String name(Class<?> verb) {
    return verb.getAnnotation(Command.class).name();
  }

  private static PrintWriter printer(PrintStream stream) {
    return new PrintWriter(
        Printable.writer(new OutputStreamWriter(stream, StandardCharsets.UTF_8)), true);
  }
}
