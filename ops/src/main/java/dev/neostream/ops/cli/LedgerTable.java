package dev.neostream.ops.cli;

import dev.neostream.ops.Json;
import dev.neostream.ops.account.MixtureLedger;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.tokens.topic.MixtureControl;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The ledger of the mixture, as {@code mix ledger} prints it. */
final class LedgerTable {

  private LedgerTable() {}

  /** Reads what a run has trained on so far. */
  static MixtureLedger read(KafkaConnection connection) {
    Topics topics = connection.topics();
    var ledger = new MixtureLedger();
    var control = new MixtureControl(connection);
    Map<Integer, MixtureUpdate> plans = new HashMap<>();
    Map<Long, TrainBatch> planned = new HashMap<>();
    Set<String> domains = new TreeSet<>();
    try (var reports = new TopicReader<>(connection, topics.trainSteps(), StepReport.class);
        var batches = new TopicReader<>(connection, topics.trainBatches(), TrainBatch.class);
        var index = new TopicReader<>(connection, topics.tokenIndex(), TokenIndex.class)) {
      // Effects before their causes, so that none is seen whose cause is not.
      List<StepReport> trained = reports.readToEnd();
      batches.readToEnd(batch -> planned.put(batch.getStep(), batch));
      index.readToEnd(
          entry -> {
            if (!entry.getClosed()) {
              domains.add(entry.getDomain());
            }
          });
      for (StepReport report : trained) {
        TrainBatch batch = planned.get(report.getStep());
        ledger.add(
            report,
            batch,
            plans.computeIfAbsent(
                batch.getPlanVersion(), version -> control.version(version).orElseThrow()),
            domains);
      }
    }
    return ledger;
  }

  /** Prints entries, in their order. */
  static void print(PrintWriter out, List<MixtureLedger.Entry> entries, boolean json) {
    if (json) {
      out.println(Json.of(entries));
      out.flush();
      return;
    }
    out.println(
        "plan  phase          steps            domain          asked      rows        tokens  epochs   loss");
    for (MixtureLedger.Entry entry : entries) {
      out.printf(
          Locale.ROOT,
          "%4d  %-12s  %,6d to %-,6d  %-14s %,8.1f  %,8d  %,12d  %6d  %5s%n",
          entry.plan(),
          entry.phase(),
          entry.fromStep(),
          entry.toStep(),
          entry.domain(),
          entry.asked(),
          entry.rows(),
          entry.tokens(),
          entry.epochs(),
          Double.isNaN(entry.loss()) ? "" : String.format(Locale.ROOT, "%.3f", entry.loss()));
    }
    out.flush();
  }
}
