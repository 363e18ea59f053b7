package dev.neostream.schemas.job;

import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;

/**
 * A record on its way to a topic. Everything the job writes goes through one sink as this type, so
 * that a block, its index record and the counts that include them share a transaction.
 */
public final class OutRecord {

  /** Side output through which every stage sends its records to the sink. */
  public static final OutputTag<OutRecord> TAG =
      new OutputTag<>("out", TypeInformation.of(OutRecord.class));

  public String topic;

  /** Partition, or -1 to choose by key. */
  public int partition;

  public byte[] key;
  public byte[] value;

  public static OutRecord of(String topic, int partition, String key, byte[] value) {
    var out = new OutRecord();
    out.topic = topic;
    out.partition = partition;
    out.key = key.getBytes(StandardCharsets.UTF_8);
    out.value = value;
    return out;
  }
}
