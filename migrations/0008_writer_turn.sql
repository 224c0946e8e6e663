-- Writers keep each other out by locking a table of their own. An advisory lock did that before, and
-- any role of the cluster can take one of those and hold back every writer.

create table journal.writer_turn ();
comment on table journal.writer_turn is
    'Has no rows. Writers lock it: every batch shares it, and who must be alone for one commit has it alone.';
revoke all on journal.writer_turn from public;
