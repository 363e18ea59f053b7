package dev.neostream.ops.cli;

import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.embedded.RunTopics;
import dev.neostream.ops.run.RankChanges;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.avro.RankChange;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Changes the number of a run's trainer ranks. */
@Command(
    name = "ranks",
    description = {
      "Train with another number of ranks from the next step on, or show who asked for which number.",
      "A running run does it at once: ranks that stay keep their process, parameters and moments, and",
      "new ones are given them. Batches stay what they were, and so does the number when the run is",
      "stopped and started again."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ops/neo ranks 4 --dir my-run --why \"two more cores are free\"",
      "  ops/neo ranks --dir my-run --json"
    })
final class RanksCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Parameters(
      paramLabel = "N",
      arity = "0..1",
      description = "Ranks, up to the rows of a batch; left out, the changes so far are shown.")
  private Integer number;

  @Mixin private RunOption run;

  @Option(
      names = {"--why", "--reason"},
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Reason.")
  private String why;

  @Option(names = "--by", paramLabel = "WHO", description = "Author (default: the user).")
  private String author = System.getProperty("user.name");

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    RunFolder folder = run.folder();
    RunSpec spec = ProposalOptions.stored(run);
    int rows = spec.mixture().rows();
    if (number != null && (number < 1 || number > rows)) {
      throw UserError.usage(
          "N must be from 1 to the rows of a batch, mixture.rows, of which every rank takes one at"
              + " least: N="
              + number
              + ", mixture.rows="
              + rows
              + ", dir="
              + folder.root()
              + "; give a number in between");
    }
    boolean running = folder.running();
    PrintWriter out = command.commandLine().getOut();
    try (RunTopics topics = RunTopics.open(folder)) {
      if (!running) {
        createTopic(topics.connection(), spec);
      }
      try (var changes = new RankChanges(topics.connection())) {
        if (number == null) {
          show(out, changes.read());
        } else {
          RankChange change = ask(changes, spec.train().ranks());
          print(out, change, running);
        }
      }
    } catch (IllegalStateException e) {
      throw new UserError(e.getMessage(), e);
    }
    out.flush();
    return 0;
  }

  /** A run that an earlier version started last has no topic for this yet. */
  private static void createTopic(KafkaConnection connection, RunSpec spec) {
    String name = connection.topics().trainRanks();
    TopicAdmin.create(
        connection,
        connection.topics().all(List.of(), 1, 1, spec.engines().replication()).stream()
            .filter(topic -> topic.name().equals(name))
            .toList());
  }

  private RankChange ask(RankChanges changes, int first) {
    List<RankChange> before = changes.read();
    int now = before.isEmpty() ? first : before.get(before.size() - 1).getRanks();
    if (number == now) {
      throw UserError.usage(
          "N must be another number than the one asked for already: N="
              + number
              + "; see `ops/neo status`");
    }
    return changes.ask(now, number, author, why, System.currentTimeMillis());
  }

  private void show(PrintWriter out, List<RankChange> changes) {
    if (json) {
      out.println(Json.of(changes.stream().map(RanksCommand::view).toList()));
      return;
    }
    for (RankChange change : changes) {
      out.printf(
          "%d  %s  %d -> %d  by %s%s%n",
          change.getVersion(),
          Instant.ofEpochMilli(change.getProposedAt()),
          change.getRanksBefore(),
          change.getRanks(),
          change.getAuthor(),
          change.getReason().isEmpty() ? "" : ": " + change.getReason());
    }
  }

  private void print(PrintWriter out, RankChange change, boolean running) {
    if (json) {
      out.println(Json.of(view(change)));
    } else {
      out.printf(
          "ranks %d -> %d asked for, %s%n",
          change.getRanksBefore(),
          change.getRanks(),
          running
              ? "in force as soon as new ones are ready: see `ops/neo status`"
              : "in force when the run is started again");
    }
  }

  private static Map<String, Object> view(RankChange change) {
    var view = new LinkedHashMap<String, Object>();
    view.put("version", change.getVersion());
    view.put("before", change.getRanksBefore());
    view.put("ranks", change.getRanks());
    view.put("author", change.getAuthor());
    view.put("reason", change.getReason());
    view.put("askedAt", Instant.ofEpochMilli(change.getProposedAt()).toString());
    return view;
  }
}
