package dev.neostream.ops.report;

import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A run as events of OpenLineage 2.0.2, which data catalogues take in: three jobs (ingest, corpus,
 * train), each with what it read and what it wrote, in records.
 */
public final class OpenLineage {

  private static final String SPEC = "https://openlineage.io/spec/";
  private static final String EVENT = SPEC + "2-0-2/OpenLineage.json#/$defs/RunEvent";

  private final String producer;
  private final String namespace;
  private final RunSpec spec;
  private final Status status;
  private final long startedAt;

  private OpenLineage(String version, RunSpec spec, Status status, long startedAt) {
    this.producer = "urn:neo-stream:" + version;
    this.namespace = "neo-stream://" + spec.name();
    this.spec = spec;
    this.status = status;
    this.startedAt = startedAt;
  }

  /**
   * Returns a START of each job, and a second event by the run's state.
   *
   * @param version of this program
   * @param startedAt when the run was first started, milliseconds since the epoch
   */
  public static List<Map<String, Object>> events(
      String version, RunSpec spec, Status status, SourceAccount account, long startedAt) {
    return new OpenLineage(version, spec, status, startedAt).events(account);
  }

  private List<Map<String, Object>> events(SourceAccount account) {
    var topics = new Topics(spec.name());
    SourceAccount.Totals all = account.all();
    List<Object> sources =
        account.sources().stream()
            .map(source -> (Object) input(source.name(), source.totals().documents()))
            .toList();
    List<Object> blocks = new ArrayList<>();
    List<Object> blocksRead = new ArrayList<>();
    status
        .blocks()
        .forEach(
            (domain, count) -> {
              blocks.add(output(topics.tokens(domain), count));
              blocksRead.add(input(topics.tokens(domain), count));
            });
    var corpus = new ArrayList<>(blocks);
    corpus.add(output(topics.rejectedDocuments(), all.unreadable() + all.rejected()));
    corpus.add(output(topics.duplicatesDocuments(), all.duplicates()));
    var events = new ArrayList<Map<String, Object>>();
    job(
        events,
        "ingest",
        "BATCH",
        sources,
        List.of(output(topics.rawDocuments(), status.ingest().written())));
    job(
        events,
        "corpus",
        "STREAMING",
        List.of(input(topics.rawDocuments(), status.stages().get(Stage.CLEAN).read())),
        corpus);
    job(
        events,
        "train",
        "STREAMING",
        blocksRead,
        List.of(output(topics.trainSteps(), status.training().step() + 1)));
    return events;
  }

  private void job(
      List<Map<String, Object>> events,
      String name,
      String processing,
      List<Object> inputs,
      List<Object> outputs) {
    String now =
        switch (status.state()) {
          case "complete" -> "COMPLETE";
          case "stopped" -> "ABORT";
          case "failed" -> "FAIL";
          default -> "RUNNING";
        };
    events.add(event("START", startedAt, name, processing, inputs, outputs(outputs)));
    events.add(event(now, status.updatedAt(), name, processing, inputs, outputs));
  }

  /** What a job will write, without how much. */
  private static List<Object> outputs(List<Object> outputs) {
    return outputs.stream()
        .map(
            output -> {
              var plain = new LinkedHashMap<>((Map<?, ?>) output);
              plain.remove("outputFacets");
              return (Object) plain;
            })
        .toList();
  }

  private Map<String, Object> event(
      String type,
      long at,
      String job,
      String processing,
      List<Object> inputs,
      List<Object> outputs) {
    var event = new LinkedHashMap<String, Object>();
    event.put("eventType", type);
    event.put("eventTime", Instant.ofEpochMilli(at).toString());
    String id = spec.name() + " " + startedAt + " " + job;
    event.put(
        "run",
        Map.of("runId", UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).toString()));
    var kind = facet("2-0-3/JobTypeJobFacet.json");
    kind.put("processingType", processing);
    kind.put("integration", "NEO_STREAM");
    kind.put("jobType", "JOB");
    var described = new LinkedHashMap<String, Object>();
    described.put("namespace", namespace);
    described.put("name", job);
    described.put("facets", Map.of("jobType", kind));
    event.put("job", described);
    event.put("inputs", inputs);
    event.put("outputs", outputs);
    event.put("producer", producer);
    event.put("schemaURL", EVENT);
    return event;
  }

  private Map<String, Object> input(String name, long rows) {
    return dataset(
        name,
        "inputFacets",
        "inputStatistics",
        "1-0-0/InputStatisticsInputDatasetFacet.json",
        rows);
  }

  private Map<String, Object> output(String name, long rows) {
    return dataset(
        name,
        "outputFacets",
        "outputStatistics",
        "1-0-2/OutputStatisticsOutputDatasetFacet.json",
        rows);
  }

  private Map<String, Object> dataset(
      String name, String facets, String statistics, String schema, long rows) {
    var facet = facet(schema);
    facet.put("rowCount", rows);
    var dataset = new LinkedHashMap<String, Object>();
    dataset.put("namespace", namespace);
    dataset.put("name", name);
    dataset.put(facets, Map.of(statistics, facet));
    return dataset;
  }

  private Map<String, Object> facet(String schema) {
    var facet = new LinkedHashMap<String, Object>();
    facet.put("_producer", producer);
    facet.put("_schemaURL", SPEC + "facets/" + schema);
    return facet;
  }
}
