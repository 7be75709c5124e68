using IMDD.Edge.Agent.Outcomes;
using Microsoft.Data.Sqlite;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>A change that meets a full disk until there is room.</summary>
internal sealed class FullDisk : StoreCommand
{
    private const int SqliteFull = 13;
    private volatile bool _hasRoom;

    public void MakeRoom() => _hasRoom = true;

    public override void Execute(StoreTransaction transaction)
    {
        if (!_hasRoom)
        {
            throw new SqliteException("database or disk is full", SqliteFull);
        }
    }
}
