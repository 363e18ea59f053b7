package dev.neostream.tokens.topic;

import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.SchemaRegistry;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Wire forms of the records that the sequencer reads, writes and remembers. */
interface RecordSerdes {

  /** Returns a new serde of a record type. */
  <T extends SpecificRecordBase> Serde<T> of(Class<T> type);

  /** Returns the form of every topic: frames with a schema id. */
  static RecordSerdes frames(SchemaRegistry registry) {
    return new RecordSerdes() {
      @Override
      public <T extends SpecificRecordBase> Serde<T> of(Class<T> type) {
        AvroCodec<T> codec = AvroCodec.of(type, registry);
        return Serdes.serdeFrom(
            (topic, value) -> codec.encode(value), (topic, frame) -> codec.decode(frame));
      }
    };
  }
}
