package dev.neostream.trainer.train;

import dev.neostream.schemas.avro.StepReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * How far a rank's parameters and moments are trained; with these all that a rank must be told to
 * go on.
 *
 * @param step last step whose update they contain, -1 before the first
 * @param last whether the plan ends with it
 * @param tokens tokens trained on, by domain
 * @param report of the step; empty if the parameters are those of the start or of a checkpoint
 */
record Progress(long step, boolean last, Map<String, Long> tokens, Optional<StepReport> report) {

  Progress {
    tokens = Map.copyOf(tokens);
  }

  byte[] encode() {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    try {
      out.writeLong(step);
      out.writeBoolean(last);
      out.writeInt(tokens.size());
      for (var domain : tokens.entrySet()) {
        out.writeUTF(domain.getKey());
        out.writeLong(domain.getValue());
      }
      if (report.isPresent()) {
        report.get().customEncode(EncoderFactory.get().directBinaryEncoder(out, null));
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not from a stream in memory
    }
  }

  static Progress decode(byte[] bytes) {
    var in = new DataInputStream(new ByteArrayInputStream(bytes));
    try {
      long step = in.readLong();
      boolean last = in.readBoolean();
      Map<String, Long> tokens = new TreeMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        tokens.put(in.readUTF(), in.readLong());
      }
      byte[] record = in.readAllBytes();
      return new Progress(
          step, last, tokens, record.length == 0 ? Optional.empty() : Optional.of(report(record)));
    } catch (IOException e) {
      throw new IllegalStateException("a rank's progress must arrive as sent", e);
    }
  }

  /** By the generated decoder: Avro's reflective one asks for classes to be trusted globally. */
  private static StepReport report(byte[] record) throws IOException {
    var report = new StepReport();
    report.customDecode(
        DecoderFactory.get()
            .resolvingDecoder(
                report.getSchema(),
                report.getSchema(),
                DecoderFactory.get().binaryDecoder(record, null)));
    return report;
  }
}
