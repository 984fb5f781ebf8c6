namespace ImdbPipeline.Core.Archives;

/// <summary>Reads the files of a local folder, in path order.</summary>
internal sealed class FolderMembers(MemberChecks gate)
{
    public IEnumerable<ArchiveMember> Read()
    {
        var root = new DirectoryInfo(gate.Archive.Path);
        var files = new List<string>();
        var allEntries = new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = false, IgnoreInaccessible = false };
        var folders = new Stack<DirectoryInfo>([root]);
        while (folders.TryPop(out var folder))
            foreach (var item in folder.EnumerateFileSystemInfos("*", allEntries))
            {
                var name = Path.GetRelativePath(root.FullName, item.FullName).Replace(Path.DirectorySeparatorChar, '/');
                if (item.LinkTarget is not null)
                    throw gate.NotRegular(name, "a link");
                gate.CheckName(name);
                if (item is DirectoryInfo inner)
                    folders.Push(inner);
                else
                    files.Add(name);
            }

        files.Sort(StringComparer.Ordinal);
        foreach (var name in files)
        {
            using var content = new MeteredStream(File.OpenRead(Path.Combine(root.FullName, name)), gate, MemberChecks.Member(name));
            yield return new ArchiveMember(name, content);
        }
    }
}
