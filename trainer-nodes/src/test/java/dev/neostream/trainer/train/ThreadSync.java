package dev.neostream.trainer.train;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ranks as threads of one JVM; sums are taken in rank order. */
final class ThreadSync implements GradientSync {

  /** What the ranks of a world share. */
  private static final class World {
    final float[][] values;
    final CyclicBarrier barrier;

    World(int ranks) {
      values = new float[ranks][];
      barrier = new CyclicBarrier(ranks);
    }
  }

  private final World world;
  private final int rank;

  private ThreadSync(World world, int rank) {
    this.world = world;
    this.rank = rank;
  }

  static List<GradientSync> world(int ranks) {
    World world = new World(ranks);
    List<GradientSync> syncs = new ArrayList<>();
    for (int r = 0; r < ranks; r++) {
      syncs.add(new ThreadSync(world, r));
    }
    return syncs;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int ranks() {
    return world.values.length;
  }

  @Override
  public void sum(FloatBuffer values) {
    float[] own = new float[values.remaining()];
    values.duplicate().get(own);
    world.values[rank] = own;
    meet();
    float[] sum = new float[own.length];
    for (float[] part : world.values) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += part[i];
      }
    }
    meet();
    values.duplicate().put(sum);
  }

  private void meet() {
    try {
      world.barrier.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("a rank is lost", e);
    }
  }

  @Override
  public void close() {
    world.barrier.reset();
  }
}
