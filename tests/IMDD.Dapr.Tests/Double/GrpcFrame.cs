using System.Buffers.Binary;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace IMDD.Dapr.Tests.Double;

/// <summary>One message of a unary gRPC call: a byte that says whether it is compressed, its length, big-endian, and the message.</summary>
internal static class GrpcFrame
{
    private const int HeaderBytes = 5;

    public static async Task<T> ReadAsync<T>(HttpRequest request)
        where T : IMessage<T>, new()
    {
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        T message = new();
        message.MergeFrom(body.GetBuffer().AsSpan(HeaderBytes, (int)body.Length - HeaderBytes));
        return message;
    }

    public static async Task WriteAsync(HttpResponse response, IMessage message)
    {
        response.ContentType = "application/grpc";
        var frame = new byte[HeaderBytes + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - HeaderBytes);
        message.ToByteArray().CopyTo(frame, HeaderBytes);
        await response.Body.WriteAsync(frame, response.HttpContext.RequestAborted);
        response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>An answer that is an error alone.</summary>
    public static Task FailAsync(HttpResponse response, int status, string detail)
    {
        response.ContentType = "application/grpc";
        response.AppendTrailer("grpc-status", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        response.AppendTrailer("grpc-message", Uri.EscapeDataString(detail));
        return Task.CompletedTask;
    }
}
