package dev.neostream.ops.embedded;

import dev.neostream.ops.monitor.Vitals;
import dev.neostream.schemas.Topics;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * What the broker in this JVM tells of itself as management beans, whose names and attributes Kafka
 * documents.
 */
final class BrokerBeans {

  private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
  private final Topics run;

  /**
   * @param run whose topics are told of by their names within it
   */
  BrokerBeans(Topics run) {
    this.run = run;
  }

  Vitals.Kafka read() {
    var topics = new TreeMap<String, Vitals.Topic>();
    String traffic = "kafka.server:type=BrokerTopicMetrics,topic=*,name=";
    add(topics, traffic + "BytesInPerSec", "Count", bytes -> new Vitals.Topic(bytes, 0, 0));
    add(topics, traffic + "BytesOutPerSec", "Count", bytes -> new Vitals.Topic(0, bytes, 0));
    add(
        topics,
        "kafka.log:type=Log,name=Size,topic=*,partition=*",
        "Value",
        bytes -> new Vitals.Topic(0, 0, bytes));
    return new Vitals.Kafka(
        topics,
        sum("kafka.network:type=RequestMetrics,name=RequestsPerSec,*", "Count"),
        sum("kafka.server:type=ReplicaManager,name=UnderReplicatedPartitions", "Value"));
  }

  private void add(
      Map<String, Vitals.Topic> topics,
      String pattern,
      String attribute,
      LongFunction<Vitals.Topic> topic) {
    for (ObjectName bean : named(pattern)) {
      topics.merge(
          run.nameOf(bean.getKeyProperty("topic")),
          topic.apply(value(bean, attribute)),
          Vitals.Topic::plus);
    }
  }

  private long sum(String pattern, String attribute) {
    return named(pattern).stream().mapToLong(bean -> value(bean, attribute)).sum();
  }

  private Set<ObjectName> named(String pattern) {
    try {
      return beans.queryNames(new ObjectName(pattern), null);
    } catch (JMException e) {
      throw new IllegalArgumentException("a pattern of beans must be one: pattern=" + pattern, e);
    }
  }

  /** Returns 0 for a bean that has gone since it was listed, as that of a deleted topic does. */
  private long value(ObjectName bean, String attribute) {
    try {
      return ((Number) beans.getAttribute(bean, attribute)).longValue();
    } catch (JMException gone) {
      return 0;
    }
  }
}
