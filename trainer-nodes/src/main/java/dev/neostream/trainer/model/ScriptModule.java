package dev.neostream.trainer.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A script loaded into libtorch: the only place that touches the engine's internals. Owns all
 * memory made through it; {@link #close} frees it.
 *
 * <p>Confined to the thread that made it, because libtorch's switches (gradient mode, executor
 * mode) are thread-local; every call from another thread fails.
 */
final class ScriptModule implements AutoCloseable {

  private final Thread owner = Thread.currentThread();
  private final NDManager root;
  private final PtSymbolBlock module;
  private final Map<String, NDArray> selectors = new HashMap<>();

  /**
   * @param source TorchScript text of class {@code M}
   * @param methods methods of {@code M} that Java calls
   * @param threads libtorch threads inside an operation, for the whole JVM
   */
  ScriptModule(String source, List<String> methods, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be >= 1: threads=" + threads);
    }
    root = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
    JniUtils.setNumThreads(threads);
    // The profiling executor spends seconds on its first calls and is no faster afterwards.
    JniUtils.setGraphExecutorOptimize(false);
    JniUtils.setGradMode(false);
    try {
      module =
          JniUtils.loadModule(
              (PtNDManager) root, new ByteArrayInputStream(ScriptArchive.of(source)), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String method : methods) {
      NDArray selector = root.zeros(new Shape(1));
      selector.setName("module_method:" + method);
      selectors.put(method, selector);
    }
  }

  /** Returns memory that is freed when the manager or this module is closed. */
  NDManager memory() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "a program must be used by the thread that made it: owner="
              + owner.getName()
              + ", caller="
              + Thread.currentThread().getName());
    }
    return root.newSubManager();
  }

  /**
   * Runs a method of the script. The engine reads its name off an extra, otherwise unused array.
   */
  NDList call(String method, NDArray... arguments) {
    NDList inputs = new NDList(arguments);
    inputs.add(selectors.get(method));
    return IValueUtils.forward(module, inputs, true);
  }

  /** Shows an array's own memory to Java: native order, writable, no copy. */
  static ByteBuffer view(NDArray array) {
    return array.toByteBuffer(true).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    root.close();
  }
}
