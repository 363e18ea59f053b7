package dev.neostream.checkpoint.store;

import dev.neostream.checkpoint.format.DType;
import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.schemas.avro.CheckpointManifest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Times save, verify and read of one fp32 tensor. Arguments: an empty folder on the device to
 * measure, MiB.
 */
public final class CheckpointStoreBenchmark {

  private static final int ROUNDS = 5;

  private CheckpointStoreBenchmark() {}

  public static void main(String[] args) throws Exception {
    CheckpointStore store = new CheckpointStore(Path.of(args[0]));
    int bytes = Integer.parseInt(args[1]) << 20;
    ByteBuffer data = ByteBuffer.allocateDirect(bytes);
    for (int i = 0; i < bytes; i += Float.BYTES) {
      data.putFloat(i, i);
    }
    Tensor tensor = new Tensor("w", DType.F32, new long[] {bytes / Float.BYTES}, data);
    for (long round = 1; round <= ROUNDS; round++) {
      CheckpointManifest draft =
          new CheckpointManifest(round, "", 0, Map.of(), "", "", 0L, List.of(), 0L);
      long start = System.nanoTime();
      store.save(draft, Map.of("model.safetensors", List.of(tensor)), Map.of());
      long saved = System.nanoTime();
      Stored newest = store.newest().orElseThrow();
      newest.verify();
      long verified = System.nanoTime();
      data.put(0, newest.tensors("model.safetensors").get(0).data(), 0, bytes);
      long read = System.nanoTime();
      store.keepLast(1);
      System.out.printf(
          "save %.0f MB/s, verify %.0f MB/s, read %.0f MB/s%n",
          bytes * 1e3 / (saved - start),
          bytes * 1e3 / (verified - saved),
          bytes * 1e3 / (read - verified));
    }
  }
}
