package dev.neostream.ops.job;

import dev.neostream.schemas.topic.KafkaConnection;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A source of records sent from outside: as they are, outside event time. */
final class ControlRecords {

  private ControlRecords() {}

  static KafkaSource<byte[]> source(KafkaConnection connection, String topic) {
    return RunSource.of(connection, topic, new Values());
  }

  /** These records have no event time, so they promise never to be late: documents alone set it. */
  static WatermarkStrategy<byte[]> watermarks() {
    return WatermarkStrategy.forGenerator(context -> new EndOfTime());
  }

  private static final class EndOfTime implements WatermarkGenerator<byte[]> {

    @Override
    public void onEvent(byte[] value, long timestamp, WatermarkOutput output) {}

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      output.emitWatermark(new Watermark(Long.MAX_VALUE));
    }
  }

  private static final class Values implements KafkaRecordDeserializationSchema<byte[]> {

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<byte[]> out) {
      out.collect(record.value());
    }

    @Override
    public TypeInformation<byte[]> getProducedType() {
      return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    }
  }
}
