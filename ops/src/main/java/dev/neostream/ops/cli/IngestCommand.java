package dev.neostream.ops.cli;

import dev.neostream.ingest.Input;
import dev.neostream.ingest.topic.InputControl;
import dev.neostream.ingest.topic.TopicInput;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.embedded.RunTopics;
import dev.neostream.schemas.avro.IngestInput;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a run reads. */
@Command(
    name = "ingest",
    description = "Show what a run reads, or add to it, whether it is running or not.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "add|list",
    footer = {
      "",
      "Examples:",
      "  ops/neo ingest add --dir my-run crawl-2026-49.warc.gz more-books/",
      "  ops/neo ingest list --dir my-run"
    })
final class IngestCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "one of add, list must be given");
  }

  @Command(
      name = "add",
      description = "Read further files and folders, from now on.",
      mixinStandardHelpOptions = true)
  int add(
      @Mixin RunOption run,
      @Parameters(paramLabel = "PATH", arity = "1..*", description = "File or folder.")
          List<Path> paths,
      @Option(names = "--by", paramLabel = "WHO", description = "Who adds it (default: the user).")
          String by) {
    try (RunTopics topics = RunTopics.open(run.folder())) {
      List<Input> added =
          new InputControl(topics.connection())
              .add(
                  paths,
                  by == null ? System.getProperty("user.name") : by,
                  System.currentTimeMillis());
      for (Input input : added) {
        spec.commandLine().getOut().println("added " + input.source());
      }
      return 0;
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
  }

  @Command(
      name = "list",
      description =
          "Show every input: how far it is read, and how many of its records were rejects.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin RunOption run, @Option(names = "--json", description = "Print JSON.") boolean json) {
    Collection<IngestInput> inputs;
    try (RunTopics topics = RunTopics.open(run.folder())) {
      inputs = new InputControl(topics.connection()).inputs();
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      List<Map<String, Object>> all = new ArrayList<>();
      inputs.forEach(input -> all.add(view(input)));
      out.println(Json.of(all));
      return 0;
    }
    for (IngestInput input : inputs) {
      out.printf(
          Locale.ROOT,
          "%-9s %,12d read %,10d rejected  %s%s%n",
          state(input),
          input.getRead(),
          input.getRejected(),
          input.getSource(),
          input.getProblem().isEmpty() ? "" : ", " + input.getProblem());
    }
    return 0;
  }

  private static String state(IngestInput input) {
    if (!input.getProblem().isEmpty()) {
      return "gone";
    }
    if (input.getPath().startsWith(TopicInput.SCHEME)) {
      return "following";
    }
    return input.getFinished() ? "finished" : input.getRead() > 0 ? "reading" : "waiting";
  }

  private static Map<String, Object> view(IngestInput input) {
    var view = new LinkedHashMap<String, Object>();
    view.put("source", input.getSource());
    view.put("path", input.getPath());
    view.put("state", state(input));
    view.put("read", input.getRead());
    view.put("rejected", input.getRejected());
    view.put("problem", input.getProblem());
    view.put("addedAt", Instant.ofEpochMilli(input.getAddedAt()).toString());
    view.put("addedBy", input.getAddedBy());
    return view;
  }
}
