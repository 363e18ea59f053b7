package dev.neostream.trainer.collective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every transport must do, seen through the all-reduce that runs over it. */
@Timeout(120)
abstract class TransportContractTest {

  static final long RUN = 0x5EED_0F_A_21_4EL;
  static final int GENERATION = 3;
  private static final Duration PATIENT = Duration.ofSeconds(60);
  private static final Duration IMPATIENT = Duration.ofMillis(500);

  private final List<RingAllReduce> ring = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Returns connected transports of all ranks. */
  abstract List<Transport> transports(int ranks, Duration deadline);

  @AfterEach
  void leave() {
    threads.shutdownNow();
    ring.forEach(RingAllReduce::close);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0",
    "1, 7",
    "2, 0",
    "2, 1",
    "2, 7",
    "2, 1000003",
    "3, 0",
    "3, 1",
    "3, 7",
    "3, 1000003",
    "5, 0",
    "5, 1",
    "5, 7",
    "5, 1000003"
  })
  void shouldGiveEveryRankTheSameSumInRingOrder(int ranks, int length) throws Exception {
    join(ranks, PATIENT);
    List<float[]> vectors = vectors(ranks, length, 42);

    List<float[]> sums = sum(vectors);
    List<float[]> again = sum(vectors);

    float[] expected = sumInRingOrder(vectors);
    for (int rank = 0; rank < ranks; rank++) {
      assertArrayEquals(expected, sums.get(rank), "rank " + rank);
      assertArrayEquals(expected, again.get(rank), "rank " + rank);
    }
  }

  @Test
  void shouldSumManyVectorsOfChangingLengthInOrder() throws Exception {
    join(3, PATIENT);
    Random random = new Random(7);

    for (int round = 0; round < 100; round++) {
      List<float[]> vectors = vectors(3, random.nextInt(5000), round);
      float[] expected = sumInRingOrder(vectors);

      for (float[] sum : sum(vectors)) {
        assertArrayEquals(expected, sum, "round " + round);
      }
    }
  }

  @Test
  void shouldTouchOnlyTheValuesFromPositionToLimit() throws Exception {
    join(2, PATIENT);
    List<FloatBuffer> buffers = new ArrayList<>();
    for (int rank = 0; rank < 2; rank++) {
      FloatBuffer buffer = direct(new float[] {1, 2, 3, 4, 5});
      buffers.add(buffer.position(1).limit(4));
    }

    for (Future<?> sum : start(buffers)) {
      sum.get();
    }

    for (FloatBuffer buffer : buffers) {
      assertEquals(1, buffer.position());
      assertEquals(4, buffer.limit());
      float[] all = new float[5];
      buffer.clear().get(all);
      assertArrayEquals(new float[] {1, 4, 6, 8, 5}, all);
    }
  }

  @Test
  void shouldSumHeapBuffers() throws Exception {
    join(2, PATIENT);
    float[] first = {1, 2, 3};
    float[] second = {10, 20, 30};

    for (Future<?> sum : start(List.of(FloatBuffer.wrap(first), FloatBuffer.wrap(second)))) {
      sum.get();
    }

    assertArrayEquals(new float[] {11, 22, 33}, first);
    assertArrayEquals(new float[] {11, 22, 33}, second);
  }

  @Test
  void shouldCarryInfinitiesAndNaNToEveryRank() throws Exception {
    join(2, PATIENT);
    float inf = Float.POSITIVE_INFINITY;

    List<float[]> sums = sum(List.of(new float[] {inf, inf, 1}, new float[] {1, -inf, Float.NaN}));

    for (float[] sum : sums) {
      assertArrayEquals(new float[] {inf, Float.NaN, Float.NaN}, sum);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 7, 8", "3, 0, 7", "3, 100000, 100001", "5, 1000003, 0"})
  void shouldFailOnEveryRankWhenLengthsDiffer(int ranks, int length, int lengthOfLast)
      throws Exception {
    join(ranks, PATIENT);
    List<FloatBuffer> buffers = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      buffers.add(direct(new float[rank == ranks - 1 ? lengthOfLast : length]));
    }

    List<Future<?>> sums = start(buffers);

    for (int rank = 0; rank < ranks; rank++) {
      String message = failure(sums.get(rank)).getMessage();
      assertTrue(
          message.startsWith("rank %d of %d, all-reduce 1: ".formatted(rank, ranks)), message);
      assertTrue(message.contains("equal length") || message.contains("gave up"), message);
    }
  }

  @Test
  void shouldNameWhatIsAwaitedWhenAPeerIsSilent() throws Exception {
    join(3, IMPATIENT);

    List<Future<?>> sums = start(List.of(direct(new float[9]), direct(new float[9])));

    List<String> messages = new ArrayList<>();
    for (Future<?> sum : sums) {
      messages.add(failure(sum).getMessage());
    }
    // Rank 0 hears nothing of rank 2; rank 1 hears rank 0 once, then of its failure or nothing.
    assertTrue(
        messages.get(0).contains("rank 0 of 3, all-reduce 1: no progress for PT0.5S"),
        messages.get(0));
    assertTrue(messages.get(0).contains("awaiting step 0, offset 6 from rank 2"), messages.get(0));
    assertTrue(messages.get(1).startsWith("rank 1 of 3, all-reduce 1: "), messages.get(1));
  }

  @Test
  void shouldStayBrokenAfterAFailure() throws Exception {
    join(2, IMPATIENT);
    failure(start(List.of(direct(new float[1]))).get(0));

    var error =
        assertThrows(IllegalStateException.class, () -> ring.get(0).sum(direct(new float[1])));

    assertTrue(error.getMessage().contains("start a new generation"), error.getMessage());
  }

  @Test
  void shouldFailWhenAPeerHasLeft() throws Exception {
    join(2, PATIENT);
    sum(vectors(2, 10, 1));
    ring.get(1).close();

    IllegalStateException error = failure(start(List.of(direct(new float[10]))).get(0));

    assertTrue(error.getMessage().contains("rank 1 left the ring"), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"generation", "run"})
  void shouldIgnoreFramesOfAnotherGenerationOrRun(String what) throws Exception {
    List<Transport> transports = join(2, PATIENT);
    RingMember other =
        what.equals("run")
            ? new RingMember(RUN + 1, GENERATION, 0, 2, PATIENT)
            : new RingMember(RUN, GENERATION - 1, 0, 2, PATIENT);
    Frame stale = new Frame(transports.get(0).maxFrame());
    stale.values().put(0, 1e9f);
    stale.encode(other, Frame.DATA, 1, 4, 0, 0, 1);
    inject(transports.get(0), stale);
    stale.encode(other, Frame.ABORT, 1, 4, 0, 0, 0);
    inject(transports.get(0), stale);
    List<float[]> vectors = vectors(2, 4, 5);

    List<float[]> sums = sum(vectors);

    assertArrayEquals(sumInRingOrder(vectors), sums.get(0));
    assertArrayEquals(sumInRingOrder(vectors), sums.get(1));
  }

  @ParameterizedTest
  @CsvSource({
    // operation, length, step, offset, count of a frame where 1, 4, 0, 0, 2 is expected
    "2, 4, 0, 0, 2",
    "1, 5, 0, 0, 2",
    "1, 4, 1, 0, 2",
    "1, 4, 0, 2, 2",
    "1, 4, 0, 0, 1",
    "1, 4, 0, 0, 3",
    "1, 4, 0, -1, 2"
  })
  void shouldRefuseAFrameOutOfOrder(long operation, int length, int step, int offset, int count)
      throws Exception {
    List<Transport> transports = join(2, PATIENT);
    Frame frame = new Frame(transports.get(0).maxFrame());
    frame.encode(transports.get(0).member(), Frame.DATA, operation, length, step, offset, count);
    inject(transports.get(0), frame);

    IllegalStateException error = refusalOfRankOne();

    String received =
        "received rank 0, operation %d, length %d, step %d, offset %d, count %d"
            .formatted(operation, length, step, offset, count);
    assertTrue(error.getMessage().contains(received), error.getMessage());
  }

  @Test
  void shouldRefuseAFrameWithAFlippedBitAnywhere() throws Exception {
    List<Transport> transports = join(2, PATIENT);
    Frame frame = new Frame(transports.get(0).maxFrame());
    frame.encode(transports.get(0).member(), Frame.DATA, 1, 4, 0, 0, 2);
    for (int bit = 0; bit < frame.bytes().limit() * 8; bit++) {
      byte before = frame.bytes().get(bit / 8);
      frame.bytes().put(bit / 8, (byte) (before ^ 1 << bit % 8));

      assertThrows(IllegalStateException.class, frame::check, "bit " + bit);
      frame.bytes().put(bit / 8, before);
    }
    frame.bytes().put(Frame.HEADER, (byte) 1);
    inject(transports.get(0), frame);

    IllegalStateException error = refusalOfRankOne();

    assertTrue(error.getMessage().contains("CRC32C"), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, Frame.HEADER - 1, Frame.HEADER})
  void shouldRefuseAFrameThatIsTooShortOrEmpty(int bytes) throws Exception {
    List<Transport> transports = join(2, PATIENT);
    inject(transports.get(0), ByteBuffer.allocateDirect(bytes));

    IllegalStateException error = refusalOfRankOne();

    assertTrue(error.getMessage().contains("a frame must be of version 1"), error.getMessage());
  }

  @Test
  void shouldStopWhenInterrupted() throws Exception {
    join(2, PATIENT);
    Future<?> sum = start(List.of(direct(new float[4]))).get(0);

    threads.shutdownNow();

    assertTrue(failure(sum).getMessage().contains("interrupted"));
  }

  @Test
  void shouldRefuseUseAfterClose() {
    List<Transport> transports = join(2, PATIENT);
    ByteBuffer frame = ByteBuffer.allocateDirect(transports.get(0).maxFrame());

    transports.get(0).close();

    assertThrows(IllegalStateException.class, () -> transports.get(0).send(frame));
    assertThrows(IllegalStateException.class, () -> transports.get(0).receive(frame));
  }

  @Test
  void shouldRefuseReadOnlyValues() {
    join(2, PATIENT);
    FloatBuffer values = direct(new float[4]).asReadOnlyBuffer();

    assertThrows(IllegalArgumentException.class, () -> ring.get(0).sum(values));
  }

  private List<Transport> join(int ranks, Duration deadline) {
    List<Transport> transports = transports(ranks, deadline);
    transports.forEach(transport -> ring.add(new RingAllReduce(transport)));
    return transports;
  }

  private static void inject(Transport transport, Frame frame) {
    inject(transport, frame.bytes());
  }

  private static void inject(Transport transport, ByteBuffer frame) {
    while (transport.send(frame) != Transport.Outcome.SENT) {
      Thread.onSpinWait();
    }
  }

  /** Rank 1 alone sums four values. */
  private IllegalStateException refusalOfRankOne() throws Exception {
    return failure(threads.submit(() -> ring.get(1).sum(direct(new float[4]))));
  }

  /** Starts one thread a buffer, for ranks 0 and up. */
  private List<Future<?>> start(List<FloatBuffer> buffers) {
    List<Future<?>> sums = new ArrayList<>();
    for (int rank = 0; rank < buffers.size(); rank++) {
      RingAllReduce member = ring.get(rank);
      FloatBuffer buffer = buffers.get(rank);
      sums.add(threads.submit(() -> member.sum(buffer)));
    }
    return sums;
  }

  private List<float[]> sum(List<float[]> vectors) throws Exception {
    List<FloatBuffer> buffers = vectors.stream().map(TransportContractTest::direct).toList();
    for (Future<?> sum : start(buffers)) {
      sum.get();
    }
    List<float[]> sums = new ArrayList<>();
    for (FloatBuffer buffer : buffers) {
      float[] values = new float[buffer.remaining()];
      buffer.get(0, values);
      sums.add(values);
    }
    return sums;
  }

  private static IllegalStateException failure(Future<?> sum) {
    ExecutionException error = assertThrows(ExecutionException.class, sum::get);
    return (IllegalStateException) error.getCause();
  }

  static FloatBuffer direct(float[] values) {
    return ByteBuffer.allocateDirect(values.length * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer()
        .put(values)
        .flip();
  }

  /** Values of very different size, so that every order of additions rounds differently. */
  static List<float[]> vectors(int ranks, int length, long seed) {
    Random random = new Random(seed);
    List<float[]> vectors = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      float[] vector = new float[length];
      for (int i = 0; i < length; i++) {
        vector[i] = (random.nextFloat() - 0.5f) * (1 << random.nextInt(24));
      }
      vectors.add(vector);
    }
    return vectors;
  }

  private static float[] sumInRingOrder(List<float[]> vectors) {
    int ranks = vectors.size();
    int length = vectors.get(0).length;
    float[] sum = new float[length];
    for (int segment = 0; segment < ranks; segment++) {
      int end = (int) ((long) length * (segment + 1) / ranks);
      for (int i = (int) ((long) length * segment / ranks); i < end; i++) {
        sum[i] = vectors.get(segment)[i];
        for (int hop = 1; hop < ranks; hop++) {
          sum[i] += vectors.get((segment + hop) % ranks)[i];
        }
      }
    }
    return sum;
  }
}
