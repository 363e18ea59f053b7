package dev.neostream.ops.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.ops.PrivateFiles;
import dev.neostream.ops.UserError;
import dev.neostream.ops.embedded.RunTopics;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.report.DataCard;
import dev.neostream.ops.report.OpenLineage;
import dev.neostream.ops.report.SourceAccount;
import dev.neostream.ops.report.TrainingSummary;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.Start;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.tokens.topic.MixtureControl;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes down where a run's data comes from, for those who must answer for it. */
@Command(
    name = "card",
    description = {
      "Write where a run's data comes from and what became of it: card.md with sources, licences,",
      "web domains, rejects and duplicates, training-data-summary.md as the EU's AI Act asks for,",
      "and openlineage.jsonl for data catalogues. Reads the run's topics once."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Example:", "  ops/neo card --dir my-run --out my-run-card"})
final class CardCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Mixin private RunOption run;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder to write; files of these names in it are replaced.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    OptionRule.folder("--out", out);
    RunFolder folder = run.folder();
    RunSpec spec =
        folder
            .spec()
            .orElseThrow(
                () -> UserError.notReady("the folder must hold a run: dir=" + folder.root()));
    Status status =
        folder
            .read(folder.status(), Status.class)
            .orElseThrow(
                () -> UserError.notReady("the run must have read documents: dir=" + folder.root()));
    var account = new SourceAccount();
    List<MixtureDecision> decisions;
    try (RunTopics topics = RunTopics.open(folder)) {
      read(topics.connection(), account);
      decisions = new MixtureControl(topics.connection()).history();
    }
    List<Start> starts = Start.all(folder);
    PrivateFiles.createFolder(out);
    write("card.md", DataCard.of(spec, status, account, decisions));
    write("training-data-summary.md", TrainingSummary.of(spec, status, account));
    var lines = new StringBuilder();
    var json = new ObjectMapper();
    for (Map<String, Object> event :
        OpenLineage.events(
            Main.NUMBER,
            spec,
            status,
            account,
            starts.isEmpty() ? status.updatedAt() : starts.get(0).at())) {
      lines.append(json.writeValueAsString(event)).append('\n');
    }
    write("openlineage.jsonl", lines.toString());
    return 0;
  }

  private static void read(KafkaConnection connection, SourceAccount account) {
    Topics topics = connection.topics();
    try (var raw = new TopicReader<>(connection, topics.rawDocuments(), RawDocument.class);
        var rejects =
            new TopicReader<>(connection, topics.rejectedDocuments(), RejectedDocument.class);
        var duplicates =
            new TopicReader<>(connection, topics.duplicatesDocuments(), DuplicateMark.class)) {
      // Effects before their causes, so that none is counted whose document is not.
      duplicates.readToEnd(account::duplicate);
      rejects.readToEnd(account::rejected);
      raw.readToEnd(
          document -> {
            if (document.getKind() == RawKind.DOCUMENT) {
              account.read(document);
            }
          });
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = out.resolve(name);
    Files.writeString(file, text);
    PrintWriter print = command.commandLine().getOut();
    print.println(file.toAbsolutePath().normalize());
    print.flush();
  }
}
