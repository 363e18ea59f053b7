package dev.neostream.ops.job;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaner;
import dev.neostream.clean.job.CleanJob;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.job.DedupJob;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.job.TokenizeConfig;
import dev.neostream.tokens.job.TokenizeJob;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * raw.documents -> clean -> dedup -> tokenize -> tokens.*, token.index, rejected.documents,
 * duplicates.documents, document.copies, pipeline.counts.
 *
 * <p>All output leaves through one exactly-once sink, so that what belongs together commits
 * together.
 */
public final class CorpusJob {

  private CorpusJob() {}

  /**
   * Adds the job to {@code env}.
   *
   * @param rawPartitions partitions of raw.documents: a source subtask without a partition would
   *     never let event time advance
   */
  public static void define(
      StreamExecutionEnvironment env,
      KafkaConnection connection,
      int rawPartitions,
      CleanConfig clean,
      DedupConfig dedup,
      DedupScope scope,
      TokenizeConfig tokenize,
      Sink<OutRecord> sink) {
    SingleOutputStreamOperator<Envelope> cleaned =
        CleanJob.define(
            documents(env, connection, rawPartitions, clean.fields(), tokenize.domains()),
            profiles(env, connection),
            connection,
            clean);
    DedupJob.Deduplicated unique =
        DedupJob.define(cleaned, takedowns(env, connection), connection, dedup, scope);
    SingleOutputStreamOperator<OutRecord> blocks =
        TokenizeJob.define(unique.unique(), connection, tokenize);
    blocks
        .union(
            cleaned.getSideOutput(OutRecord.TAG),
            unique.records(),
            blocks.getSideOutput(OutRecord.TAG))
        .sinkTo(sink)
        .name("topics")
        .uid("topics");
  }

  /**
   * Adds cleaning alone: raw.documents -> clean -> clean.documents, rejected.documents,
   * pipeline.counts.
   */
  public static void defineClean(
      StreamExecutionEnvironment env,
      KafkaConnection connection,
      int rawPartitions,
      CleanConfig clean,
      Sink<OutRecord> sink) {
    SingleOutputStreamOperator<Envelope> cleaned =
        CleanJob.define(
            documents(env, connection, rawPartitions, clean.fields(), List.of()),
            profiles(env, connection),
            connection,
            clean);
    cleaned
        .flatMap(
            new CleanDocuments(
                connection, connection.topics().cleanDocuments(), new Cleaner(clean).version()))
        .returns(TypeInformation.of(OutRecord.class))
        .uid("clean.documents")
        .union(cleaned.getSideOutput(OutRecord.TAG))
        .sinkTo(sink)
        .name("topics")
        .uid("topics");
  }

  /**
   * Adds deduplication alone: raw.documents that hold clean UTF-8 text -> dedup ->
   * unique.documents, duplicates.documents, document.copies, pipeline.counts.
   */
  public static void defineDedup(
      StreamExecutionEnvironment env,
      KafkaConnection connection,
      int rawPartitions,
      DedupConfig dedup,
      DedupScope scope,
      Sink<OutRecord> sink) {
    defineDedup(env, connection, rawPartitions, takedowns(env, connection), dedup, scope, sink);
  }

  static void defineDedup(
      StreamExecutionEnvironment env,
      KafkaConnection connection,
      int rawPartitions,
      DataStream<byte[]> takedowns,
      DedupConfig dedup,
      DedupScope scope,
      Sink<OutRecord> sink) {
    DedupJob.Deduplicated deduplicated =
        DedupJob.define(
            documents(env, connection, rawPartitions, Set.of(), List.of()),
            takedowns,
            connection,
            dedup,
            scope);
    deduplicated
        .unique()
        .flatMap(new CleanDocuments(connection, connection.topics().uniqueDocuments(), ""))
        .returns(TypeInformation.of(OutRecord.class))
        .uid("unique.documents")
        .union(deduplicated.records())
        .sinkTo(sink)
        .name("topics")
        .uid("topics");
  }

  /**
   * Returns the documents read.
   *
   * @param fields further fields of a record that cleaning asks for
   * @param domains domains that a record may name for itself; under another name, such as the site
   *     it comes from, it belongs to the domain of its language; none: any name counts
   */
  private static DataStream<Envelope> documents(
      StreamExecutionEnvironment env,
      KafkaConnection connection,
      int rawPartitions,
      Set<String> fields,
      List<String> domains) {
    var known = new HashSet<>(domains);
    int sources = Math.min(rawPartitions, env.getParallelism());
    return env.fromSource(
            RawDocuments.source(connection, fields), RawDocuments.watermarks(), "raw.documents")
        .uid("raw.documents")
        .setParallelism(sources)
        .<Envelope>flatMap(
            (item, out) -> {
              if (!item.marker) {
                if (!known.isEmpty() && !known.contains(item.document.domain)) {
                  item.document.domain = "";
                }
                out.collect(item.document);
              }
            })
        .returns(TypeInformation.of(Envelope.class))
        .uid("documents")
        .setParallelism(sources);
  }

  /** Returns the records of a topic that is written from outside, such as clean.profiles. */
  static DataStream<byte[]> control(
      StreamExecutionEnvironment env, KafkaConnection connection, String topic, String name) {
    return env.fromSource(
            ControlRecords.source(connection, topic), ControlRecords.watermarks(), name)
        .uid(name)
        .setParallelism(1);
  }

  private static DataStream<byte[]> profiles(
      StreamExecutionEnvironment env, KafkaConnection connection) {
    return control(env, connection, connection.topics().cleanProfiles(), "clean.profiles");
  }

  private static DataStream<byte[]> takedowns(
      StreamExecutionEnvironment env, KafkaConnection connection) {
    return control(env, connection, connection.topics().takedowns(), "takedowns");
  }

  /**
   * Returns the sink that writes each record to the topic it names, exactly once.
   *
   * @param transactionTimeout must exceed the longest time between a checkpoint and the job's next
   *     start: an older transaction is aborted by the broker although Flink counts it as committed
   */
  public static KafkaSink<OutRecord> sink(KafkaConnection connection, Duration transactionTimeout) {
    var builder =
        KafkaSink.<OutRecord>builder()
            .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
            .setTransactionalIdPrefix(connection.topics().run() + ".corpus")
            .setRecordSerializer(
                (record, context, timestamp) ->
                    new ProducerRecord<>(
                        record.topic,
                        record.partition < 0 ? null : record.partition,
                        record.key,
                        record.value))
            .setProperty("transaction.timeout.ms", Long.toString(transactionTimeout.toMillis()));
    connection
        .bulkProducer()
        .forEach((key, value) -> builder.setProperty(key, String.valueOf(value)));
    return builder.build();
  }
}
