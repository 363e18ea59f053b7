package dev.neostream.ops.job;

import dev.neostream.ingest.file.Envelopes;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The source raw.documents: documents as envelopes, markers as watermarks. */
final class RawDocuments {

  private RawDocuments() {}

  /**
   * @param fields further fields of a record that cleaning asks for
   */
  static KafkaSource<Item> source(KafkaConnection connection, Set<String> fields) {
    return RunSource.of(
        connection, connection.topics().rawDocuments(), new Deserializer(connection, fields));
  }

  /**
   * Event time advances by markers alone, in each partition for itself; Flink takes the minimum
   * over partitions.
   */
  static WatermarkStrategy<Item> watermarks() {
    return WatermarkStrategy.<Item>forGenerator(context -> new MarkerWatermarks())
        .withTimestampAssigner((item, before) -> item.document.ordinal);
  }

  /** A document, or a marker that carries nothing but event time. */
  public static final class Item {
    public boolean marker;
    public Envelope document;
  }

  private static final class MarkerWatermarks implements WatermarkGenerator<Item> {

    @Override
    public void onEvent(Item item, long timestamp, WatermarkOutput output) {
      if (item.marker || item.document.end) {
        output.emitWatermark(new Watermark(timestamp));
      }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {}
  }

  private static final class Deserializer implements KafkaRecordDeserializationSchema<Item> {

    private final KafkaConnection connection;
    private final HashSet<String> fields;
    private transient AvroCodec<RawDocument> codec;

    Deserializer(KafkaConnection connection, Set<String> fields) {
      this.connection = connection;
      this.fields = new HashSet<>(fields);
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
      codec = AvroCodec.of(RawDocument.class, connection.registry());
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Item> out) {
      RawDocument raw = codec.decode(record.value());
      var item = new Item();
      item.marker = raw.getKind() == RawKind.MARKER;
      item.document = Envelopes.of(raw, fields);
      out.collect(item);
    }

    @Override
    public TypeInformation<Item> getProducedType() {
      return TypeInformation.of(Item.class);
    }
  }
}
