using System.Runtime.InteropServices;

namespace IMDD.Messaging.Embedded;

/// <summary>
/// librdkafka's mock cluster (<c>rdkafka_mock.h</c>), bound to the image that Confluent.Kafka has loaded: which of its native files that is
/// depends on the distribution, and a second copy would not share the handles.
/// </summary>
internal static partial class MockNative
{
    private const string Library = "imdd-loaded-librdkafka";

    static MockNative() => NativeLibrary.SetDllImportResolver(typeof(MockNative).Assembly, static (name, _, _) => name == Library ? Resolve() : 0);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    public static partial nint ClusterNew(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    public static partial void ClusterDestroy(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    public static partial nint ClusterBootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int TopicCreate(nint cluster, string topic, int partitions, int replicationFactor);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    public static partial int BrokerSetDown(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    public static partial int BrokerSetUp(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    public static partial int BrokerSetRtt(nint cluster, int broker, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    public static partial void PushRequestErrors(nint cluster, short apiKey, nuint count, [In] int[] errors);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    public static partial void GroupInitialRebalanceDelay(nint cluster, int milliseconds);

    private static nint Resolve()
    {
        _ = Confluent.Kafka.Library.Version; // loads it
        var image = File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .FirstOrDefault(file => file.Contains("rdkafka", StringComparison.Ordinal) && file.Contains(".so", StringComparison.Ordinal));
        return image is null ? throw new DllNotFoundException("Confluent.Kafka has not loaded librdkafka.") : NativeLibrary.Load(image);
    }
}
