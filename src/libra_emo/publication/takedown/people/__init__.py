"""An annotator who withdraws: how the person is found, and left out of files and stores."""
