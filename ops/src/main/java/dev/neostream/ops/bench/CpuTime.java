package dev.neostream.ops.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CPU time that this JVM had taken at a moment, by thread: who does the work of a stream. */
final class CpuTime {

  /** Threads of a Flink task, by what the task does: {@code a -> b (1/2)#0}. */
  private static final Pattern TASK = Pattern.compile("(.*) \\(\\d+/\\d+\\)#\\d+");

  /** What no Java thread took: compiler, collector, RocksDB's own threads. */
  static final String REST = "JVM and RocksDB threads";

  private final long process;
  private final Map<Long, Map.Entry<String, Long>> threads = new HashMap<>();

  private CpuTime(long process) {
    this.process = process;
  }

  static CpuTime now() {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    ThreadMXBean all = ManagementFactory.getThreadMXBean();
    var time = new CpuTime(system.getProcessCpuTime());
    for (ThreadInfo thread : all.getThreadInfo(all.getAllThreadIds())) {
      long nanos = thread == null ? -1 : all.getThreadCpuTime(thread.getThreadId());
      if (nanos >= 0) {
        time.threads.put(thread.getThreadId(), Map.entry(thread.getThreadName(), nanos));
      }
    }
    return time;
  }

  /** Returns the seconds of CPU taken since an earlier moment, by all threads. */
  double secondsSince(CpuTime earlier) {
    return (process - earlier.process) / 1e9;
  }

  /** Returns the seconds of CPU taken since an earlier moment, by what the threads are for. */
  Map<String, Double> partsSince(CpuTime earlier) {
    Map<String, Double> parts = new TreeMap<>();
    double known = 0;
    for (var thread : threads.entrySet()) {
      var before = earlier.threads.get(thread.getKey());
      double seconds =
          (thread.getValue().getValue() - (before == null ? 0 : before.getValue())) / 1e9;
      parts.merge(part(thread.getValue().getKey()), seconds, Double::sum);
      known += seconds;
    }
    parts.put(REST, Math.max(0, secondsSince(earlier) - known));
    return parts;
  }

  /** Returns what a thread is for. */
  static String part(String thread) {
    if (thread.startsWith("Source Data Fetcher for Source: raw.documents")) {
      return "fetch raw.documents";
    }
    if (thread.startsWith("kafka-producer-network-thread")) {
      return "send to topics";
    }
    if (thread.startsWith("data-plane-kafka")) {
      return "broker";
    }
    Matcher task = TASK.matcher(thread);
    return task.matches() && !thread.contains(" for ") ? task.group(1) : "other Java threads";
  }
}
