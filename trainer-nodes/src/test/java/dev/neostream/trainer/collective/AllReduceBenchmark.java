package dev.neostream.trainer.collective;

import dev.neostream.trainer.collective.aeron.AeronTransport;
import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times the all-reduce between processes: this one runs the media driver, every rank is a JVM of
 * its own. Arguments: number of ranks (2), then sizes in MiB of fp32 per rank (16 64).
 *
 * <p>Prints best and median of {@value #ROUNDS} rounds, and two bandwidths as they are customary
 * since NCCL's tests: algbw = bytes / time, busbw = algbw * 2 (ranks - 1) / ranks.
 */
public final class AllReduceBenchmark {

  private static final int WARM_UP = 10;
  private static final int ROUNDS = 30;

  private AllReduceBenchmark() {}

  public static void main(String[] args) throws Exception {
    int ranks = args.length > 0 ? Integer.parseInt(args[0]) : 2;
    List<String> sizes =
        args.length > 1 ? Arrays.asList(args).subList(1, args.length) : List.of("16", "64");
    String directory = CommonContext.generateRandomDirName();
    try (MediaDriver driver =
        MediaDriver.launchEmbedded(
            new MediaDriver.Context()
                .aeronDirectoryName(directory)
                .threadingMode(ThreadingMode.SHARED)
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true))) {
      List<Process> processes = new ArrayList<>();
      for (int rank = 0; rank < ranks; rank++) {
        List<String> command =
            new ArrayList<>(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                    "-Xmx128m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Rank.class.getName(),
                    driver.aeronDirectoryName(),
                    "" + rank,
                    "" + ranks));
        command.addAll(sizes);
        processes.add(new ProcessBuilder(command).inheritIO().start());
      }
      for (Process process : processes) {
        if (process.waitFor() != 0) {
          throw new IllegalStateException("every rank must end well: " + process);
        }
      }
    }
  }

  /** One rank; rank 0 prints. */
  static final class Rank {
    public static void main(String[] args) {
      int rank = Integer.parseInt(args[1]);
      int ranks = Integer.parseInt(args[2]);
      RingMember member = new RingMember(1, 0, rank, ranks, Duration.ofSeconds(30));
      try (RingAllReduce ring =
          new RingAllReduce(new AeronTransport(Path.of(args[0]), 1, member))) {
        for (String mebibytes : Arrays.asList(args).subList(3, args.length)) {
          int bytes = Integer.parseInt(mebibytes) << 20;
          FloatBuffer values =
              ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
          double[] seconds = new double[ROUNDS];
          for (int round = -WARM_UP; round < ROUNDS; round++) {
            long start = System.nanoTime();
            ring.sum(values);
            if (round >= 0) {
              seconds[round] = (System.nanoTime() - start) / 1e9;
            }
          }
          if (rank == 0) {
            Arrays.sort(seconds);
            double algbw = bytes / seconds[0] / 1e9;
            System.out.printf(
                "%d ranks, %s MiB: best %.1f ms, median %.1f ms, algbw %.2f, busbw %.2f GB/s%n",
                ranks,
                mebibytes,
                seconds[0] * 1e3,
                seconds[ROUNDS / 2] * 1e3,
                algbw,
                algbw * 2 * (ranks - 1) / ranks);
          }
        }
      }
    }
  }
}
