#include "io/output_pair.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "testing/test_model.hpp"

using namespace lpt;

TEST_CASE("an output that cannot be completed leaves the old pair, and nothing beside it") {
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  const auto model = read_model(folder.write("m.xml", kAdd));
  folder.write("out.xml", "old xml");
  folder.write("out.bin", "old bin");
  // A limit on the size of files fails a write as a full disk does.
  struct rlimit before {};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const struct rlimit tight { 500, before.rlim_max };
  const auto old_action = ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &tight);
  std::string message;
  try {
    write_to(model, folder / "out.xml");
  } catch (const Error& error) {
    message = error.what();
    CHECK(error.code() == ExitCode::io);
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, old_action);
  CHECK(message == (folder / "out.xml").string() + ": cannot write: File too large");
  CHECK(folder.read("out.xml") == "old xml");
  CHECK(folder.read("out.bin") == "old bin");
  CHECK(folder.file_count() == 4);
}

TEST_CASE("a pair takes its place together, keeps modes, and follows links") {
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  const auto model = read_model(folder.write("m.xml", kAdd));
  std::filesystem::create_directory(folder / "else");
  folder.write("else/real.xml", "old");
  ::chmod((folder / "else/real.xml").c_str(), 0640);
  std::filesystem::create_symlink("else/real.xml", folder / "out.xml");
  write_to(model, folder / "out.xml");
  CHECK(std::filesystem::is_symlink(folder / "out.xml"));
  CHECK(folder.read("else/real.xml") == kAdd);
  CHECK(folder.read("out.bin") == kTwelve);
  struct stat status {};
  ::stat((folder / "else/real.xml").c_str(), &status);
  CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("a link is followed to a file that is not there yet, and not for ever") {
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  const auto model = read_model(folder.write("m.xml", kAdd));
  std::filesystem::create_directory(folder / "else");
  std::filesystem::create_symlink("else/new.xml", folder / "out.xml");
  write_to(model, folder / "out.xml");
  CHECK(std::filesystem::is_symlink(folder / "out.xml"));
  CHECK(folder.read("else/new.xml") == kAdd);
  std::filesystem::create_symlink("loop.xml", folder / "loop.xml");
  CHECK_THROWS_WITH(write_to(model, folder / "loop.xml"),
                    (folder / "loop.xml").string() + ": cannot follow the link: more than 40 lie behind it");
}

TEST_CASE("a place that is no file, or a folder that is not there, is an error of output") {
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  const auto model = read_model(folder.write("m.xml", kAdd));
  std::filesystem::create_directory(folder / "out.xml");
  CHECK_THROWS_WITH(write_to(model, folder / "out.xml"),
                    (folder / "out.xml").string() + ": is a directory, should be a file");
  CHECK_THROWS_WITH(write_to(model, folder / "none" / "out.xml"),
                    (folder / "none" / "out.bin").string() + ": cannot create a file in " + (folder / "none").string() +
                        ": No such file or directory");
}

TEST_CASE("a signal removes the files that are not complete, and ends the process") {
  const TestFolder folder;
  const auto child = ::fork();
  if (child == 0) {
    install_signal_handlers();
    { const PendingFile forgotten(folder / "done.txt"); }
    OutputPair output(folder / "out.xml", folder / "out.bin");
    ::raise(SIGTERM);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM));
  CHECK(folder.file_count() == 0);
}
