package dev.neostream.ops.cli;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaner;
import dev.neostream.ingest.Inputs;
import dev.neostream.ingest.RecordSource;
import dev.neostream.ops.Shell;
import dev.neostream.ops.UserError;
import dev.neostream.ops.corpus.DemoCorpus;
import dev.neostream.ops.embedded.EmbeddedEngines;
import dev.neostream.ops.monitor.Metrics;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.report.Report;
import dev.neostream.ops.run.Machine;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.SpecFile;
import dev.neostream.ops.run.Start;
import dev.neostream.ops.run.Supervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Starts a run on the embedded engines, or goes on with it, and tells how it ended.
 *
 * @param again the verb that goes on with it, for advice
 * @param command what the user typed, for the report
 * @param metricsPort port of {@code /metrics}
 */
record RunStart(RunOption option, String again, String command, Metrics.Port metricsPort) {

  /** Returns what the user typed, as a shell would take it. */
  static String typed(CommandSpec verb) {
    return "ops/neo "
        + verb.root().commandLine().getParseResult().originalArgs().stream()
            .map(Shell::word)
            .collect(Collectors.joining(" "));
  }

  /**
   * Runs what {@code spec} says, which must be what the folder holds if it holds a run.
   *
   * @param untilStep step that it is to end before from now on; empty: as it is planned
   */
  int run(RunSpec spec, OptionalLong untilStep) throws IOException {
    RunFolder folder = option.folder();
    untilStep.ifPresent(step -> requireUntrained(folder, step));
    var view = new ProgressView(System.out, WindowSize::ofOutput);
    // Everything that a user may have got wrong is looked at before anything is written.
    List<? extends RecordSource> inputs = inputs(folder, spec, view);
    folder.requireSpecOfData();
    try (FileLock lock = folder.lock()) {
      folder.requireSpace(spec.engines().startFreeMb());
      boolean isNew = folder.spec().isEmpty();
      RunSpec made = isNew && untilStep.isPresent() ? spec.until(untilStep.getAsLong()) : spec;
      if (isNew) {
        folder.writeSpec(made);
      }
      // Before anything of the engines is loaded: where they log and put scratch files.
      System.setProperty("neo.log", folder.logs().resolve("run.log").toString());
      System.setProperty("java.io.tmpdir", folder.tmp().toString());
      return run(folder, made, inputs, isNew ? OptionalLong.empty() : untilStep, view);
    }
  }

  private int run(
      RunFolder folder,
      RunSpec spec,
      List<? extends RecordSource> inputs,
      OptionalLong untilStep,
      ProgressView view) {
    Optional<Status> before = folder.read(folder.status(), Status.class);
    boolean complete = before.isPresent() && before.get().state().equals("complete");
    if (complete && untilStep.orElse(0) <= before.get().training().step() + 1) {
      view.say("The run is complete: " + folder.report());
      return 0;
    }
    AtomicBoolean stop =
        Interrupts.listen(
            () ->
                view.say(
                    "Stopping when all that was read is safe; once more, and it ends at once and"
                        + " the next start does what is left"));
    Start.begin(
        folder,
        new Start(
            System.currentTimeMillis(),
            0,
            command,
            Main.VERSION,
            Runtime.version().toString(),
            Machine.words()));
    Supervisor.Ended ended =
        new Supervisor(
                folder,
                spec,
                inputs,
                new EmbeddedEngines(folder, spec),
                metricsPort,
                untilStep,
                view::say)
            .run(stop::get, view::show);
    Start.end(folder, System.currentTimeMillis());
    ended
        .history()
        .ifPresent(history -> Report.write(folder, spec, ended.status(), history, ended.sample()));
    return switch (ended.status().state()) {
      case "complete" -> {
        view.say("Complete. Read " + folder.report() + " or, in a browser, report.html beside it");
        yield 0;
      }
      case "stopped" -> {
        view.say(
            "Stopped cleanly. Resume with: ops/neo "
                + again
                + " --dir "
                + Shell.word(option.dir()));
        yield Interrupts.EXIT_CODE;
      }
      default -> throw new UserError(ended.status().problem());
    };
  }

  /** Refuses an end before what is trained, unless it is the end of a complete run. */
  private static void requireUntrained(RunFolder folder, long untilStep) {
    Optional<Status> last = folder.read(folder.status(), Status.class);
    long trained = last.map(status -> status.training().step() + 1).orElse(0L);
    boolean isEnd = untilStep == trained && last.map(Status::state).orElse("").equals("complete");
    if (untilStep <= trained && !isEnd) {
      throw UserError.usage(
          "--until-step must be beyond the steps that are trained: until-step="
              + untilStep
              + ", trained="
              + trained);
    }
  }

  /**
   * Returns the version of the cleaner that a run begins with; also finds out whether every model
   * and list can be read, before anything is written.
   */
  static String cleanerVersion(CleanConfig config) {
    try {
      return new Cleaner(config).version();
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw UserError.usage("clean: " + e.getMessage());
    }
  }

  /** Refuses to go on with a run as another; which cleaner began it is not the user's to say. */
  static void requireSame(RunSpec stored, RunSpec given) {
    String differences =
        SpecFile.differences(stored, given).entrySet().stream()
            .filter(entry -> !entry.getKey().equals("cleaner"))
            // A definition need not repeat what the run was told since.
            .filter(
                entry ->
                    !entry.getKey().equals("mixture.untilStep") || given.mixture().untilStep() != 0)
            .map(
                entry ->
                    entry.getKey()
                        + ": run="
                        + entry.getValue().get(0)
                        + ", given="
                        + entry.getValue().get(1))
            .collect(Collectors.joining("\n  "));
    if (!differences.isEmpty()) {
      throw UserError.usage(
          "a run must go on as it was made; change these back, or choose another --dir:\n  "
              + differences);
    }
  }

  /** Refuses to go on with a run that another version of the cleaner began. */
  static void requireCleaner(RunSpec spec) {
    String cleaner = cleanerVersion(spec.clean());
    if (!cleaner.equals(spec.cleaner())) {
      throw UserError.usage(
          "a run must go on with the cleaner that began it: run="
              + spec.cleaner()
              + ", this build="
              + cleaner
              + "; choose another --dir");
    }
  }

  private static List<RecordSource> inputs(RunFolder folder, RunSpec spec, ProgressView view) {
    try {
      List<Path> paths = new ArrayList<>();
      if (spec.corpus().demo()) {
        paths.addAll(DemoCorpus.resolve(Path.of(System.getProperty("neo.home")), view::say));
      }
      List<String> watched = spec.corpus().watch();
      for (String path :
          Stream.concat(spec.corpus().inputs().stream(), watched.stream()).toList()) {
        if (folder.root().startsWith(path)) {
          throw UserError.usage(
              "the run folder must not lie in an input: folder="
                  + folder.root()
                  + ", input="
                  + path
                  + "; choose another --dir");
        }
        if (!watched.contains(path)) {
          paths.add(Path.of(path));
        }
      }
      if (paths.isEmpty() && !spec.corpus().endless()) {
        throw UserError.usage(
            "there must be something to read: corpus.demo=false, corpus.inputs=[]; name files or"
                + " folders in corpus.inputs");
      }
      List<RecordSource> inputs =
          new ArrayList<>(folder.spec().isPresent() ? Inputs.named(paths) : Inputs.resolve(paths));
      spec.corpus().topics().forEach(topic -> inputs.add(topic.input()));
      return inputs;
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    } catch (UncheckedIOException e) {
      throw new UserError(e.getMessage(), e);
    }
  }
}
